import { Config, Context, type Duration, Effect, Layer, Redacted, Schema } from "effect"
import { FetchHttpClient, HttpClient, type HttpClientError, type HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import type { Api } from "@audiences/domain/api/Api"
import { Authentication } from "./Authentication.ts"
import { defaultBaseUrl } from "./BaseUrl.ts"
import { connection } from "./Connection.ts"
import { Retry } from "./Retry.ts"
import { tolerantApi } from "./tolerance/TolerantApi.ts"
import { UnexpectedAnswer } from "./UnexpectedAnswer.ts"

export interface ConnectionOptions {
  /** The address of any host of the contract, up to and with its base path; a slash at the end makes no difference. */
  readonly baseUrl: string
  /** How long one attempt may take; 30 seconds unless given. */
  readonly timeout?: Duration.Input
}

/** Widens the errors of a call by the one that `unexpected` adds. */
type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError | UnexpectedAnswer>

const unexpected = (decoded: Effect.Effect<unknown, unknown, unknown>) =>
  Effect.mapError(decoded, (error) => (Schema.isSchemaError(error) ? new UnexpectedAnswer({ cause: error }) : error))

/** The typed client: one method per operation, grouped as the contract is. */
export class AudiencesClient extends Context.Service<
  AudiencesClient,
  HttpApiClient.ForApi<typeof Api, UnexpectedAnswer>
>()("@audiences/client/AudiencesClient") {
  /** For those who bring their own authentication, retries or HTTP client. */
  static readonly layerBare = ({ baseUrl, timeout }: ConnectionOptions) =>
    Layer.effect(
      this,
      Effect.flatMap(connection(timeout), (client) =>
        HttpApiClient.makeWith(tolerantApi(), {
          baseUrl,
          httpClient: HttpClient.transformResponse(client, (answer): Answer => answer),
          transformResponse: unexpected
        })
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
