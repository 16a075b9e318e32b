import { refuse, ValidationError } from "@audiences/domain/ValidationError"
import { Cause, Effect, Option, Schema } from "effect"
import { HttpServerError, HttpServerResponse } from "effect/http"
import { CurrentRequest } from "./CurrentRequest.ts"
import { isDatabaseLost } from "./DatabaseLost.ts"
import { errorResponse } from "./ErrorResponse.ts"

/** A `%` that starts no character, as in `/api/audiences/%zz`: no route can be looked for. */
const isMalformed = (url: string) => {
  try {
    decodeURI(url.replace(/[?#;].*$/s, ""))
    return false
  } catch {
    return true
  }
}

const malformedPath = Schema.encodeSync(ValidationError)(
  refuse(undefined, [{ path: [], type: "path", expected: "a well-formed path", message: "Path is malformed" }])
)

const unanswered = Effect.fnUntraced(function* <E>(cause: Cause.Cause<E>) {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound") {
    return isMalformed(error.reason.request.url)
      ? HttpServerResponse.jsonUnsafe(malformedPath, { status: 400 })
      : errorResponse(404, "Not found")
  }
  if (Cause.hasInterruptsOnly(cause)) {
    const [response] = yield* HttpServerError.causeResponse(cause)
    return errorResponse(response.status, response.status === 503 ? "Server is shutting down" : "Request was given up")
  }
  if (isDatabaseLost(cause)) {
    yield* Effect.logWarning("The database does not answer")
    // Clients that may ask twice do so after a second: one that restarts is back by then, or soon after.
    return errorResponse(503, "Database is unavailable", { headers: { "retry-after": "1" } })
  }
  const { id } = yield* CurrentRequest
  yield* Effect.logError("Request failed", cause)
  return errorResponse(500, "Internal server error", { members: { requestId: id } })
})

/** Answers what no handler answered: unknown paths, requests given up, a database that is away, and failures outside the contract's handlers. */
export const withUnanswered = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.catchCause(app, unanswered)
