import { RateLimited } from "@audiences/domain/api/Authorization"
import { type Allowance, RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { errorResponse } from "./ErrorResponse.ts"
import type { OrganizationRequest } from "./OrganizationRequests.ts"

/** What every answer says about the limit. */
export const rateLimitHeaders = ({ limit, remaining, resetsAt }: Allowance): Readonly<Record<string, string>> => ({
  "x-ratelimit-limit": String(limit),
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-reset": String(resetsAt)
})

/** The answer to one request too many. */
export const rateLimited = (allowance: Allowance): HttpServerResponse.HttpServerResponse =>
  errorResponse(429, new RateLimited().error, {
    members: { retryAfter: allowance.secondsLeft },
    headers: { ...rateLimitHeaders(allowance), "retry-after": String(allowance.secondsLeft) }
  })

/** Counts the request, and says in its answer what is left. */
export const withRateLimit = <E, R>(
  { operation, organizationId }: OrganizationRequest,
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  Effect.gen(function* () {
    const limits = yield* RateLimits
    const allowance = yield* limits.count(organizationId, operation.kind)
    if (allowance === undefined) return yield* app
    if (!allowance.allowed) return rateLimited(allowance)
    return HttpServerResponse.setHeaders(yield* app, rateLimitHeaders(allowance))
  })
