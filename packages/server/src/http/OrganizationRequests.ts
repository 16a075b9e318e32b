import { basePath } from "@audiences/domain/api/Api"
import type { Actor } from "@audiences/domain/Actor"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Effect, MutableRef, Option, Redacted } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { CurrentRequest } from "./CurrentRequest.ts"
import { withIdempotency } from "./IdempotencyHttp.ts"
import { withRateLimit } from "./RateLimitHttp.ts"

/** A request whose key is good. */
export interface OrganizationRequest {
  readonly request: HttpServerRequest.HttpServerRequest
  /** Without the query. */
  readonly path: string
  readonly actor: Actor
  readonly secretKey: Redacted.Redacted<string>
}

const bearer = /^bearer +(\S+) *$/i

/** Who asks; `undefined` where the answer does not depend on it, or will be a 401 or 403 anyway. */
const identify = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  const path = request.url.replace(/[?#;].*$/s, "")
  const [, credential] = bearer.exec(request.headers["authorization"] ?? "") ?? []
  if (!path.startsWith(`${basePath}/`) || credential === undefined) return undefined
  const organizations = yield* Organizations
  const secretKey = Redacted.make(credential)
  const actor = yield* Effect.option(organizations.authenticate(secretKey))
  if (Option.isNone(actor)) return undefined
  MutableRef.set((yield* CurrentRequest).organizationId, actor.value.organizationId)
  const asked: OrganizationRequest = { request, path, actor: actor.value, secretKey }
  return asked
})

/** What holds for every request of an organization, whichever operation it asks for: its rate limit, and its idempotency keys. */
export const withOrganization = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const asked = yield* identify(yield* HttpServerRequest.HttpServerRequest)
    return yield* asked === undefined ? app : withRateLimit(asked, withIdempotency(asked, app))
  })
