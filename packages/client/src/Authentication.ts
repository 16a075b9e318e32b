import { Context, Layer, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"

/**
 * How requests prove who sends them. Applied to every attempt, so that an implementation that fetches or renews keys is asked
 * again on a retry. Only requests to the server of the contract pass through it: an upload goes elsewhere, without the key.
 */
export class Authentication extends Context.Service<
  Authentication,
  (client: HttpClient.HttpClient) => HttpClient.HttpClient
>()("@audiences/client/Authentication") {
  /** One key for the life of the client. */
  static readonly layer = (apiKey: Redacted.Redacted) =>
    Layer.succeed(this, HttpClient.mapRequest(HttpClientRequest.bearerToken(apiKey)))
}
