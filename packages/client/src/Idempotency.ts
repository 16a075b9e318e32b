import { Effect } from "effect"
import { HttpClient, type HttpClientError, HttpClientRequest } from "effect/http"
import { Uuid } from "@audiences/domain/Uuid"

/**
 * Gives every POST one `Idempotency-Key`, the same on each attempt; a key that the caller has set stays.
 * Wraps the whole client: a `mapRequestEffect` would run again, with a new key, on every retry.
 */
export const withIdempotencyKey = (self: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
    (request) => Effect.flatMap(request, self.execute),
    (request) =>
      request.method === "POST" && request.headers["idempotency-key"] === undefined
        ? Effect.map(Effect.flatten(Uuid), (key) => HttpClientRequest.setHeader(request, "idempotency-key", key))
        : Effect.succeed(request)
  )
