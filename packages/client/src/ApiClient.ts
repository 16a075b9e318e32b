import { type Duration, Effect, Schema } from "effect"
import { HttpClient, type HttpClientError, type HttpClientResponse } from "effect/http"
import { type HttpApi, HttpApiClient, type HttpApiGroup } from "effect/http-api"
import { connection } from "./Connection.ts"
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

/** The operations of the contract, or of some groups of it, as functions. */
export const apiClient = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  { baseUrl, timeout }: ConnectionOptions
) =>
  Effect.flatMap(connection(timeout), (client) =>
    HttpApiClient.makeWith(api, {
      baseUrl,
      httpClient: HttpClient.transformResponse(client, (answer): Answer => answer),
      transformResponse: unexpected
    })
  )
