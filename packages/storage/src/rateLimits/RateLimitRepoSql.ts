import type { OrganizationId } from "@audiences/domain/Organization"
import { RateLimitRepo, type RequestKind } from "@audiences/engine/rateLimits/RateLimitRepo"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ limit: Schema.Finite, granted: Schema.Finite, left: Schema.Finite })])
)

export const RateLimitRepoSql = Layer.effect(
  RateLimitRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const take = Effect.fn("RateLimitRepo.take")(function* (
      organizationId: OrganizationId,
      kind: RequestKind,
      minute: number,
      defaultLimit: number
    ) {
      const own = sql.literal(kind === "api" ? "rate_limit_per_minute" : "gate_rate_limit_per_minute")
      const rows = yield* sql`
        WITH asked AS (
          SELECT coalesce(${own}, ${defaultLimit}::int) AS most, ceil(coalesce(${own}, ${defaultLimit}::int) / 20.0)::int AS share
          FROM organizations WHERE id = ${organizationId}::uuid
        ), counted AS (
          INSERT INTO rate_limits AS r (organization_id, kind, minute, taken, granted)
          SELECT ${organizationId}::uuid, ${kind}, ${minute}::int, share, share FROM asked WHERE most > 0
          ON CONFLICT (organization_id, kind) DO UPDATE SET
            granted = CASE WHEN EXCLUDED.minute > r.minute THEN EXCLUDED.granted
              ELSE greatest(0, least(EXCLUDED.granted, (SELECT most FROM asked) - r.taken)) END,
            taken = CASE WHEN EXCLUDED.minute > r.minute THEN EXCLUDED.granted
              ELSE r.taken + greatest(0, least(EXCLUDED.granted, (SELECT most FROM asked) - r.taken)) END,
            minute = greatest(EXCLUDED.minute, r.minute)
          RETURNING taken, granted
        )
        SELECT asked.most AS "limit", coalesce(counted.granted, 0) AS granted, greatest(0, asked.most - coalesce(counted.taken, 0)) AS "left"
        FROM asked LEFT JOIN counted ON true`
      const [grant] = yield* decode(rows)
      return grant
    }, Effect.orDie)

    return RateLimitRepo.of({ take })
  })
)
