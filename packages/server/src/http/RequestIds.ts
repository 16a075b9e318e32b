import { Uuid } from "@audiences/domain/Uuid"
import { RequestId } from "@audiences/engine/audit/RequestId"
import { Effect, MutableRef } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { CurrentRequest } from "./CurrentRequest.ts"

/** An id that is safe in a header and in a log line: visible ASCII, at most 128 characters. */
const acceptable = /^[\x21-\x7e]{1,128}$/

/** The id that a request brings, if it is usable. */
export const givenRequestId = (given: string | undefined): string | undefined =>
  given !== undefined && acceptable.test(given) ? given : undefined

/** Gives every request an id (the caller's, if it is usable), in the answer and in every log line meanwhile. */
export const withRequestId = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const id = givenRequestId(request.headers["x-request-id"]) ?? (yield* yield* Uuid)
    return yield* app.pipe(
      Effect.provideService(CurrentRequest, { id, organizationId: MutableRef.make<string | undefined>(undefined) }),
      Effect.provideService(RequestId, id),
      Effect.annotateLogs({ requestId: id }),
      Effect.map(HttpServerResponse.setHeader("x-request-id", id))
    )
  })
