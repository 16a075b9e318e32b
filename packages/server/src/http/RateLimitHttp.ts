import { type Allowance, RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { errorResponse } from "./ErrorResponse.ts"
import type { OrganizationRequest } from "./OrganizationRequests.ts"

/** The operations that decide who enters: a limit of their own, off unless it is set. */
const gate = /^\/api\/audiences\/[^/]+\/members\/(?:check|[0-9a-f-]{36})$/i

const headers = ({ limit, remaining, resetsAt }: Allowance) => ({
  "x-ratelimit-limit": String(limit),
  "x-ratelimit-remaining": String(remaining ?? 0),
  "x-ratelimit-reset": String(resetsAt)
})

/** The published answer to one request too many. */
export const rateLimited = (allowance: Allowance) =>
  errorResponse(429, "Rate limit exceeded", {
    members: { retryAfter: allowance.secondsLeft },
    headers: { ...headers(allowance), "retry-after": String(allowance.secondsLeft) }
  })

/** Counts the request, and says in the answer's headers what is left. Those that are refused are not counted. */
export const withRateLimit = <E, R>(
  { actor, path }: OrganizationRequest,
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  Effect.gen(function* () {
    const limits = yield* RateLimits
    const allowance = yield* limits.count(actor.organizationId, gate.test(path) ? "gate" : "api")
    if (allowance === undefined) return yield* app
    if (allowance.remaining === null) return rateLimited(allowance)
    return HttpServerResponse.setHeaders(yield* app, headers(allowance))
  })
