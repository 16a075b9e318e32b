import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ApiKeyWithSecret } from "../ApiKey.ts"
import {
  Organization,
  OrganizationCreate,
  OrganizationId,
  organizationListQuery,
  OrganizationNotFound,
  OrganizationPage,
  OrganizationUpdate
} from "../Organization.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { organizationId: OrganizationId }

/** A live organization, its test sibling, and the first key of each: the only time that the secrets are shown. */
export const OrganizationFounded = Schema.Struct({
  live: Organization,
  test: Organization,
  keys: Schema.Array(ApiKeyWithSecret)
}).annotate({ identifier: "OrganizationFounded" })

export class OrganizationsApi extends HttpApiGroup.make("organizations")
  .add(
    HttpApiEndpoint.get("list", "/", {
      query: organizationListQuery,
      success: OrganizationPage,
      error: ValidationError
    })
      .annotate(OpenApi.Summary, "List organizations")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: the caller's own and its test sibling; all of them for the organization that the server was founded with."
        })
      ),
    HttpApiEndpoint.post("create", "/", {
      payload: OrganizationCreate,
      success: OrganizationFounded,
      error: ValidationError
    })
      .annotate(OpenApi.Summary, "Create an organization")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: with its test sibling and a key of each, whose secrets are shown this once. Only for the organization that the server was founded with."
        })
      ),
    HttpApiEndpoint.get("get", "/:organizationId", { params, success: Organization, error: OrganizationNotFound })
      .annotate(OpenApi.Summary, "Read an organization")
      .annotateMerge(OpenApi.annotations({ description: "Extension." })),
    HttpApiEndpoint.put("update", "/:organizationId", {
      params,
      payload: OrganizationUpdate,
      success: Organization,
      error: [ValidationError, OrganizationNotFound]
    })
      .annotate(OpenApi.Summary, "Rename, activate or deactivate an organization")
      .annotateMerge(
        OpenApi.annotations({
          description: "Extension: `active` is changed by the organization that the server was founded with, of others."
        })
      )
  )
  .prefix("/organizations")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "Organizations", description: "Tenants" })) {}
