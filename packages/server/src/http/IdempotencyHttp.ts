import { longestIdempotencyKey } from "@audiences/domain/api/IdempotentRequests"
import { refuse, ValidationError } from "@audiences/domain/ValidationError"
import { Idempotency, type Idempotent, type KeptAnswer } from "@audiences/engine/idempotency/Idempotency"
import { Effect, Exit, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { errorResponse } from "./ErrorResponse.ts"
import type { OrganizationRequest } from "./OrganizationRequests.ts"
import { withReadBody } from "./ReadBody.ts"

/** 2xx, and what the contract refuses for good; anything else may turn out otherwise when it is asked again. */
const isFinal = (status: number) => status < 300 || status === 400 || status === 404 || status === 409

const keep = ({ body, status }: HttpServerResponse.HttpServerResponse): KeptAnswer | undefined => {
  if (!isFinal(status)) return undefined
  switch (body._tag) {
    case "Empty":
      return { status, contentType: "", body: new Uint8Array() }
    case "Uint8Array":
      return { status, contentType: body.contentType, body: body.body }
    default:
      return { status, contentType: body.contentType ?? "", body: undefined }
  }
}

const malformedKey = (key: string) =>
  HttpServerResponse.jsonUnsafe(
    Schema.encodeSync(ValidationError)(
      refuse({ "Idempotency-Key": key }, [
        {
          path: ["Idempotency-Key"],
          type: "header",
          expected: `1 to ${longestIdempotencyKey} characters`,
          message: `The header Idempotency-Key must have 1 to ${longestIdempotencyKey} characters`
        }
      ])
    ),
    { status: 400 }
  )

const replay = ({ body, contentType, status }: KeptAnswer & { readonly body: Uint8Array }) => {
  const headers = { "idempotent-replayed": "true" }
  return contentType === ""
    ? HttpServerResponse.empty({ status, headers })
    : HttpServerResponse.uint8Array(body, { status, contentType, headers })
}

const answer = (outcome: Idempotent<HttpServerResponse.HttpServerResponse>) => {
  switch (outcome._tag) {
    case "Done":
      return outcome.response
    case "Replayed":
      return replay(outcome.answer)
    case "NotKept":
      return errorResponse(409, "This Idempotency-Key was used, and its answer was too large to be kept")
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
  { operation: { keyedPath, query }, organizationId, request, secretKey }: OrganizationRequest,
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  Effect.gen(function* () {
    const key = request.headers["idempotency-key"]
    if (key === undefined || keyedPath === undefined) return yield* app
    if (key === "" || key.length > longestIdempotencyKey) return malformedKey(key)
    const body = yield* Effect.exit(request.arrayBuffer)
    const read = Effect.provideService(app, HttpServerRequest.HttpServerRequest, withReadBody(request, body))
    // One that is too large or breaks off is the operation's to refuse.
    if (Exit.isFailure(body)) return yield* read
    const idempotency = yield* Idempotency
    const asked = {
      organizationId,
      method: request.method,
      path: keyedPath,
      query,
      key,
      body: new Uint8Array(body.value),
      secretKey
    }
    return answer(yield* idempotency.once(asked, read, keep))
  })
