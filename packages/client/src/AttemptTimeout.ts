import { Duration, Effect } from "effect"
import { HttpClient, HttpClientError, type HttpClientResponse } from "effect/http"

/** An answer that is read as it comes, rather than whole: a successful one that is not JSON. */
const isStreamed = (response: HttpClientResponse.HttpClientResponse): boolean =>
  response.status < 300 && !(response.headers["content-type"] ?? "").includes("json")

/**
 * Bounds one attempt, from sending the request to the last byte of a JSON answer; a streamed answer is bounded up to its headers.
 * An answer that stops half way fails here as a transport fault, where it can still be tried again.
 */
export const attemptTimeout =
  (timeout: Duration.Input) =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    HttpClient.transform(client, (attempt, request) =>
      attempt.pipe(
        Effect.tap((response) =>
          isStreamed(response)
            ? Effect.void
            : Effect.mapError(
                response.arrayBuffer,
                (error) =>
                  new HttpClientError.HttpClientError({
                    reason: new HttpClientError.TransportError({
                      request,
                      cause: error.reason.cause,
                      description: "The answer broke off"
                    })
                  })
              )
        ),
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () =>
            Effect.fail(
              new HttpClientError.HttpClientError({
                reason: new HttpClientError.TransportError({
                  request,
                  description: `No answer within ${Duration.format(Duration.fromInputUnsafe(timeout))}`
                })
              })
            )
        })
      )
    )
