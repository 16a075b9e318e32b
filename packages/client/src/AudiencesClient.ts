import { Config, Context, Effect, Layer, type Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import type { HttpApiClient } from "effect/http-api"
import type { Api } from "@audiences/domain/api/Api"
import { apiClient, type ConnectionOptions } from "./ApiClient.ts"
import { Authentication } from "./Authentication.ts"
import { defaultBaseUrl } from "./Connection.ts"
import { Retry } from "./Retry.ts"
import type { UnexpectedAnswer } from "./UnexpectedAnswer.ts"

export type { ConnectionOptions } from "./ApiClient.ts"

/** The typed client: one method per operation, grouped as the contract is. */
export class AudiencesClient extends Context.Service<
  AudiencesClient,
  HttpApiClient.ForApi<typeof Api, UnexpectedAnswer>
>()("@audiences/client/AudiencesClient") {
  /** For those who bring their own authentication, retries or HTTP client. The contract is loaded when the layer is built. */
  static readonly layerBare = (options: ConnectionOptions) =>
    Layer.effect(
      this,
      Effect.flatMap(
        Effect.promise(() => import("@audiences/domain/api/Api")),
        ({ Api }) => apiClient(Api, options)
      )
    )

  static readonly layer = ({ apiKey, ...options }: ConnectionOptions & { readonly apiKey: Redacted.Redacted }) =>
    this.layerBare(options).pipe(Layer.provide([Authentication.layer(apiKey), Retry.layer(), FetchHttpClient.layer]))

  /** From `AUDIENCES_URL` (a server on this machine, if not set) and `AUDIENCES_SECRET_KEY`. */
  static readonly layerConfig = Layer.unwrap(
    Effect.map(
      Config.all({
        baseUrl: Config.String("AUDIENCES_URL").pipe(Config.withDefault(defaultBaseUrl)),
        apiKey: Config.Redacted("AUDIENCES_SECRET_KEY")
      }),
      (options) => this.layer(options)
    )
  )
}
