import { Context, Schema } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { errorFieldsOpen } from "../Errors.ts"
import type { Actor } from "../Actor.ts"

export class Unauthorized extends Schema.Error<Unauthorized>("Unauthorized")(
  errorFieldsOpen("Unauthorized", "Authentication required"),
  { httpApiStatus: 401 }
) {}

/** The organization is inactive. Never a hint about another organization's data. */
export class Forbidden extends Schema.Error<Forbidden>("Forbidden")(
  errorFieldsOpen("Forbidden", "Organization is inactive"),
  { httpApiStatus: 403 }
) {}

/** More requests than the organization may make in a minute. Nothing was done. */
export class RateLimited extends Schema.Error<RateLimited>("RateLimited")(
  {
    ...errorFieldsOpen("RateLimited", "Rate limit exceeded"),
    /** Seconds, as `Retry-After` says. */
    retryAfter: Schema.optionalKey(Schema.Finite)
  },
  { httpApiStatus: 429 }
) {}

/** Who is calling; provided by `Authorization` to every handler. */
export class CurrentActor extends Context.Service<CurrentActor, Actor>()("@audiences/domain/CurrentActor") {}

export class Authorization extends HttpApiMiddleware.Service<
  Authorization,
  {
    provides: CurrentActor
  }
>()("@audiences/domain/Authorization", {
  error: [Unauthorized, Forbidden, RateLimited],
  security: { bearer: HttpApiSecurity.bearer }
}) {}
