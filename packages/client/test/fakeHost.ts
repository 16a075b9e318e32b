import { Effect } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"

/** One answer of a host: a response, no connection, no answer for ever, or an answer that breaks off. */
export type Turn = Response | "refused" | "silent" | "broken"

const broken = () =>
  new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("socket closed")) }), {
    headers: { "content-type": "application/json" }
  })

/** Answers requests in turn, the last turn for ever, and keeps what it was asked. */
export const fakeHost = (...turns: readonly [Turn, ...Array<Turn>]) => {
  const requests: Array<HttpClientRequest.HttpClientRequest> = []
  const client = HttpClient.make((request) => {
    const turn = turns[Math.min(requests.length, turns.length - 1)]!
    requests.push(request)
    if (turn === "silent") return Effect.never
    return turn === "refused"
      ? Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, cause: new Error("ECONNREFUSED") })
          })
        )
      : Effect.succeed(HttpClientResponse.fromWeb(request, turn === "broken" ? broken() : turn.clone()))
  })
  return { client, requests }
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers })
