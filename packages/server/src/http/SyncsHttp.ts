import { Api } from "@audiences/domain/api/Api"
import { CurrentActor } from "@audiences/domain/api/Authorization"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import type { Vendor } from "@audiences/engine/syncs/VendorImports"
import type { VendorImport } from "@audiences/domain/VendorImport"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"

export const SyncsHttp = HttpApiBuilder.group(
  Api,
  "syncs",
  Effect.fnUntraced(function* (handlers) {
    const syncs = yield* Syncs
    const importFrom =
      (vendor: Vendor) =>
      ({ payload }: { readonly payload: VendorImport }) =>
        Effect.flatMap(CurrentActor, (actor) => syncs.importFrom(actor, vendor, payload))
    return handlers.handleAll({
      start: ({ params }) => Effect.flatMap(CurrentActor, (actor) => syncs.start(actor, params.audienceId)),
      klaviyo: importFrom("klaviyo"),
      mailchimp: importFrom("mailchimp"),
      sendgrid: importFrom("sendgrid")
    })
  })
)
