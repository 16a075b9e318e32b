import { refuse, ValidationError } from "@audiences/domain/ValidationError"
import { Idempotency, type Idempotent, type KeptAnswer } from "@audiences/engine/idempotency/Idempotency"
import { Effect, Exit, Schema } from "effect"
import { type HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { errorResponse } from "./ErrorResponse.ts"
import type { OrganizationRequest } from "./OrganizationRequests.ts"

/** POSTs that only ask. */
const asking = /\/(?:members\/check|preview)$/

const longestKey = 255

/** 2xx, and what the contract refuses for good; the rest may turn out otherwise when it is asked again. */
const isFinal = (status: number) => status < 300 || status === 400 || status === 404 || status === 409

const keep = (response: HttpServerResponse.HttpServerResponse): KeptAnswer | undefined => {
  const { body, headers, status } = response
  if (!isFinal(status) || headers["retry-after"] !== undefined) return undefined
  if (body._tag === "Empty") return { status, contentType: "", body: new Uint8Array() }
  return body._tag === "Uint8Array" ? { status, contentType: body.contentType, body: body.body } : undefined
}

/** The request with a body that has been read: its stream is used up. */
const withBody = (
  request: HttpServerRequest.HttpServerRequest,
  body: Exit.Exit<ArrayBuffer, HttpServerError.HttpServerError>
): HttpServerRequest.HttpServerRequest =>
  Object.create(request, {
    arrayBuffer: { get: () => body },
    // The router makes requests anew where it changes their path.
    modify: {
      value: (options: Parameters<HttpServerRequest.HttpServerRequest["modify"]>[0]) =>
        withBody(request.modify(options), body)
    }
  })

const malformedKey = Schema.encodeSync(ValidationError)(
  refuse(undefined, [
    {
      path: ["Idempotency-Key"],
      type: "header",
      expected: `1 to ${longestKey} characters`,
      message: `The header Idempotency-Key must have 1 to ${longestKey} characters`
    }
  ])
)

const answer = (outcome: Idempotent<HttpServerResponse.HttpServerResponse>) => {
  switch (outcome._tag) {
    case "Done":
      return outcome.response
    case "Replayed": {
      const { body, contentType, status } = outcome.answer
      const headers = { "idempotent-replayed": "true" }
      return contentType === ""
        ? HttpServerResponse.empty({ status, headers })
        : HttpServerResponse.uint8Array(body, { status, contentType, headers })
    }
    case "InFlight":
      return errorResponse(409, "A request with this Idempotency-Key is being answered: ask again", {
        headers: { "retry-after": "1" }
      })
    case "OtherBody":
      return errorResponse(409, "This Idempotency-Key was used with another body: use a new key")
    case "OtherCaller":
      return errorResponse(409, "This Idempotency-Key was used with another API key: use a new key")
  }
}

/** Does a POST that carries an `Idempotency-Key` once; after that its answer is told again, byte for byte. */
export const withIdempotency = <E, R>(
  { actor, path, request, secretKey }: OrganizationRequest,
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  Effect.gen(function* () {
    const key = request.headers["idempotency-key"]
    if (request.method !== "POST" || key === undefined || asking.test(path)) return yield* app
    if (key === "" || key.length > longestKey) return HttpServerResponse.jsonUnsafe(malformedKey, { status: 400 })
    const body = yield* Effect.exit(request.arrayBuffer)
    const again = Effect.provideService(app, HttpServerRequest.HttpServerRequest, withBody(request, body))
    // What is too large or breaks off is the operation's to refuse.
    if (Exit.isFailure(body)) return yield* again
    const idempotency = yield* Idempotency
    const asked = {
      organizationId: actor.organizationId,
      method: request.method,
      path,
      key,
      body: new Uint8Array(body.value),
      secretKey
    }
    return answer(yield* idempotency.once(asked, again, keep))
  })
