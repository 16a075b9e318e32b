import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AudienceArchived, AudienceNotFound } from "../Audience.ts"
import { AudienceId } from "../AudienceId.ts"
import { SyncInProgress, SyncStarted } from "../SyncSource.ts"
import { ValidationError } from "../ValidationError.ts"
import { VendorImport, VendorImportResult } from "../VendorImport.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const vendorImport = <const Vendor extends "klaviyo" | "mailchimp" | "sendgrid">(vendor: Vendor, name: string) =>
  HttpApiEndpoint.post(vendor, `/import/${vendor}`, {
    payload: VendorImport,
    success: VendorImportResult,
    error: ValidationError
  }).annotate(OpenApi.Summary, `Take over lists from ${name}`)

export class SyncsApi extends HttpApiGroup.make("syncs")
  .add(
    HttpApiEndpoint.post("start", "/:audienceId/sync", {
      params: { audienceId: AudienceId },
      success: SyncStarted,
      error: [ValidationError, AudienceNotFound, AudienceArchived, SyncInProgress]
    }).annotate(OpenApi.Summary, "Sync an audience with its source now"),
    vendorImport("klaviyo", "Klaviyo"),
    vendorImport("mailchimp", "Mailchimp"),
    vendorImport("sendgrid", "SendGrid")
  )
  .prefix("/audiences")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({ title: "Syncs", description: "Audiences that are kept equal to a list elsewhere" })
  ) {}
