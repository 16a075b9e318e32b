import type { AudiencePreview, PreviewInput } from "@audiences/domain/AudiencePreview"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const previewsOf = (calls: Calls) => ({
  /** What rules would select, and who would enter and leave an audience. Saves nothing. */
  preview: (input: Resource<typeof PreviewInput>) =>
    calls.call<Resource<typeof AudiencePreview>>("POST", "/audiences/preview", { body: input })
})
