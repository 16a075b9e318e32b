import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  EncryptionKeyMissing,
  Integration,
  IntegrationList,
  IntegrationNotFound,
  IntegrationUpdate,
  VendorFailed,
  VendorListings,
  VendorRefused
} from "../Integration.ts"
import { ValidationError } from "../ValidationError.ts"
import { Vendor } from "../Vendor.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { vendor: Vendor }

export class IntegrationsApi extends HttpApiGroup.make("integrations")
  .add(
    HttpApiEndpoint.get("list", "/", { success: IntegrationList })
      .annotate(OpenApi.Summary, "List integrations")
      .annotateMerge(OpenApi.annotations({ description: "Extension: the accounts at vendors, never their secrets." })),
    HttpApiEndpoint.put("set", "/:vendor", {
      params,
      payload: IntegrationUpdate,
      success: Integration,
      error: [ValidationError, EncryptionKeyMissing]
    })
      .annotate(OpenApi.Summary, "Set an integration")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: credentials are encrypted at once, and never answered. An absent key leaves the value."
        })
      ),
    HttpApiEndpoint.delete("remove", "/:vendor", {
      params,
      success: Integration,
      error: [ValidationError, IntegrationNotFound]
    })
      .annotate(OpenApi.Summary, "Remove an integration")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: its credentials are deleted. Audiences keep their members; syncing them fails from now on."
        })
      ),
    HttpApiEndpoint.get("lists", "/:vendor/lists", {
      params,
      success: VendorListings,
      error: [ValidationError, IntegrationNotFound, VendorRefused, VendorFailed, EncryptionKeyMissing]
    })
      .annotate(OpenApi.Summary, "List the lists of a vendor")
      .annotateMerge(OpenApi.annotations({ description: "Extension: the first 1000, as the vendor has them now." }))
  )
  .prefix("/settings/integrations")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(
    OpenApi.annotations({
      title: "Integrations",
      description: "Accounts at vendors whose lists audiences are synced with"
    })
  ) {}
