import { Authorization } from "@audiences/domain/api/Authorization"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Effect, MutableRef, Option, Redacted } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { type AskedOperation, askedOperation } from "./AskedOperation.ts"
import { CurrentRequest } from "./CurrentRequest.ts"
import { withIdempotency } from "./IdempotencyHttp.ts"
import { withRateLimit } from "./RateLimitHttp.ts"

/** A request whose key is good. */
export interface OrganizationRequest {
  readonly request: HttpServerRequest.HttpServerRequest
  readonly operation: AskedOperation
  readonly organizationId: OrganizationId
  readonly secretKey: Redacted.Redacted<string>
}

/** As the contract's own handlers read it: what they let in does not get past this. */
const credential = HttpApiBuilder.securityDecode(Authorization.security.bearer).pipe(
  Effect.provideService(HttpServerRequest.ParsedSearchParams, {})
)

/** Who asks for what; none where the answer does not depend on it, or will be a 401 or 403 anyway. */
const identify = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  const operation = askedOperation(request.method, request.url)
  const secretKey = yield* credential
  if (operation === undefined || Redacted.value(secretKey) === "") return undefined
  const organizations = yield* Organizations
  const actor = yield* Effect.option(organizations.authenticate(secretKey))
  if (Option.isNone(actor)) return undefined
  const asked: OrganizationRequest = { request, operation, organizationId: actor.value.organizationId, secretKey }
  return asked
})

/** What holds for every request of an organization, whatever it asks for: its rate limit, and its idempotency keys. */
export const withOrganization = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const asked = yield* identify(yield* HttpServerRequest.HttpServerRequest)
    if (asked === undefined) return yield* app
    MutableRef.set((yield* CurrentRequest).organizationId, asked.organizationId)
    return yield* withRateLimit(asked, withIdempotency(asked, app))
  })
