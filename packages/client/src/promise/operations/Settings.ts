import type { Settings, SettingsUpdate } from "@audiences/domain/Settings"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const settingsOf = (calls: Calls) => ({
  get: () => calls.call<Resource<typeof Settings>>("GET", "/settings"),
  update: (changes: Resource<typeof SettingsUpdate>) =>
    calls.call<Resource<typeof Settings>>("PUT", "/settings", { body: changes })
})
