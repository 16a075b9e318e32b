import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  ApiKey,
  ApiKeyCreate,
  ApiKeyId,
  apiKeyListQuery,
  ApiKeyNotFound,
  ApiKeyPage,
  ApiKeyRevoked,
  ApiKeyRotate,
  ApiKeyWithSecret,
  LastApiKey
} from "../ApiKey.ts"
import { ValidationError } from "../ValidationError.ts"
import { Authorization } from "./Authorization.ts"
import { Refusals } from "./Refusals.ts"

const params = { apiKeyId: ApiKeyId }

export class ApiKeysApi extends HttpApiGroup.make("apiKeys")
  .add(
    HttpApiEndpoint.get("list", "/", { query: apiKeyListQuery, success: ApiKeyPage, error: ValidationError })
      .annotate(OpenApi.Summary, "List API keys")
      .annotateMerge(
        OpenApi.annotations({
          description: "Extension: never the secrets. A live key sees those of the test sibling too."
        })
      ),
    HttpApiEndpoint.post("create", "/", { payload: ApiKeyCreate, success: ApiKeyWithSecret, error: ValidationError })
      .annotate(OpenApi.Summary, "Create an API key")
      .annotateMerge(OpenApi.annotations({ description: "Extension: the secret is shown this once." })),
    HttpApiEndpoint.post("rotate", "/:apiKeyId/rotate", {
      params,
      payload: ApiKeyRotate,
      success: ApiKeyWithSecret,
      error: [ValidationError, ApiKeyNotFound, ApiKeyRevoked]
    })
      .annotate(OpenApi.Summary, "Replace an API key")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: a new key of the same name and mode, shown this once; the old one stops at once or after `graceSeconds`."
        })
      ),
    HttpApiEndpoint.delete("revoke", "/:apiKeyId", { params, success: ApiKey, error: [ApiKeyNotFound, LastApiKey] })
      .annotate(OpenApi.Summary, "Revoke an API key")
      .annotateMerge(
        OpenApi.annotations({
          description:
            "Extension: it stops at once in the process that is asked, and within ten seconds in every other."
        })
      )
  )
  .prefix("/api-keys")
  .middleware(Authorization)
  .middleware(Refusals)
  .annotateMerge(OpenApi.annotations({ title: "API keys", description: "Who may speak for an organization" })) {}
