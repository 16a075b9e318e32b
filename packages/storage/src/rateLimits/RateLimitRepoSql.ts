import type { OrganizationId } from "@audiences/domain/Organization"
import { RateLimitRepo, type RequestKind } from "@audiences/engine/rateLimits/RateLimitRepo"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Tuple([
    Schema.Struct({
      limit: Schema.Finite,
      granted: Schema.Finite,
      left: Schema.Finite,
      resetsAt: Schema.Finite,
      millisLeft: Schema.Finite
    })
  ])
)

export const RateLimitRepoSql = Layer.effect(
  RateLimitRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const own = { api: sql`rate_limit_per_minute`, gate: sql`gate_rate_limit_per_minute` }
    // A clock that was set back must not make everybody wait for the minute that was counted last.
    const isNew = sql`(EXCLUDED.minute > r.minute OR r.minute > EXCLUDED.minute + 1)`
    const rest = sql`((SELECT most FROM asked) - r.taken)`
    // A twentieth, and less as the end comes near, so that what one process keeps to itself is little when others have to refuse.
    const part = sql`greatest(0, least(EXCLUDED.granted, ${rest}, greatest(1, ceil(${rest} / 8.0)::int)))`

    const take = Effect.fn("RateLimitRepo.take")(function* (
      organizationId: OrganizationId,
      kind: RequestKind,
      defaultLimit: number
    ) {
      const rows = yield* sql`
        WITH asked AS (
          SELECT coalesce(${own[kind]}, ${defaultLimit}::int) AS most, floor(extract(epoch FROM clock_timestamp()) / 60)::int AS minute
          FROM organizations WHERE id = ${organizationId}::uuid
        ), counted AS (
          INSERT INTO rate_limits AS r (organization_id, kind, minute, taken, granted)
          SELECT ${organizationId}::uuid, ${kind}, minute, ceil(most / 20.0)::int, ceil(most / 20.0)::int FROM asked WHERE most > 0
          ON CONFLICT (organization_id, kind) DO UPDATE SET
            minute = CASE WHEN ${isNew} THEN EXCLUDED.minute ELSE r.minute END,
            taken = CASE WHEN ${isNew} THEN EXCLUDED.granted ELSE r.taken + ${part} END,
            granted = CASE WHEN ${isNew} THEN EXCLUDED.granted ELSE ${part} END
          RETURNING minute, taken, granted
        ), minutes AS (
          SELECT most, coalesce(taken, 0) AS taken, coalesce(granted, 0) AS granted, (coalesce(c.minute, a.minute) + 1) * 60.0 AS ends
          FROM asked a LEFT JOIN counted c ON true
        )
        SELECT most AS "limit", granted, greatest(0, most - taken) AS "left", ends::float8 AS resets_at,
          greatest(0, (ends - extract(epoch FROM clock_timestamp())) * 1000)::float8 AS millis_left
        FROM minutes`
      const [grant] = yield* decode(rows)
      return grant
    }, Effect.orDie)

    return RateLimitRepo.of({ take })
  })
)
