import type { SyncStarted } from "@audiences/domain/SyncSource"
import type { VendorImportResult } from "@audiences/domain/VendorImport"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const syncsOf = (calls: Calls) => {
  const importFrom = (vendor: "klaviyo" | "mailchimp" | "sendgrid", listIds: ReadonlyArray<string>) =>
    calls.call<Resource<typeof VendorImportResult>>("POST", path`/audiences/import/${vendor}`, { body: { listIds } })
  return {
    start: (audienceId: string) =>
      calls.call<Resource<typeof SyncStarted>>("POST", path`/audiences/${audienceId}/sync`),
    /** Takes over lists, each as an audience of its own. */
    klaviyo: (listIds: ReadonlyArray<string>) => importFrom("klaviyo", listIds),
    mailchimp: (listIds: ReadonlyArray<string>) => importFrom("mailchimp", listIds),
    sendgrid: (listIds: ReadonlyArray<string>) => importFrom("sendgrid", listIds)
  }
}
