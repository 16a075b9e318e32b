import { OrganizationId } from "@audiences/domain/Organization"
import { PublisherRepo } from "@audiences/engine/publishers/PublisherRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { contended } from "../postgres/Contended.ts"
import { follow } from "./Follow.ts"
import type { CompiledAudiences } from "./FollowedAudiences.ts"

const decodeDue = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ organizationId: OrganizationId })))
const decodePruned = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ pruned: Schema.Finite })))

/** Changes that one statement deletes of one organization. */
const mostPruned = 1000

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const compiled: CompiledAudiences = new Map()

  const due = Effect.fn("PublisherRepo.due")(function* (holder: string, now: DateTime.Utc) {
    const rows = yield* sql`
      SELECT p.organization_id FROM membership_publishers p
      WHERE (p.holder IS NULL OR p.holder = ${holder}::uuid OR p.lease_until <= clock_timestamp())
        AND (p.next_flip_at <= ${DateTime.formatIso(now)}::text::timestamptz
          OR EXISTS (SELECT FROM changes c WHERE c.organization_id = p.organization_id AND c.position > p.followed_position))`
    return (yield* decodeDue(rows)).map(({ organizationId }) => organizationId)
  }, Effect.orDie)

  const prune = Effect.fn("PublisherRepo.prune")(function* (before: DateTime.Utc) {
    // The last change that is followed stays: positions go on from the highest.
    const rows = yield* sql`
      WITH old AS (
        SELECT c.organization_id, c.position FROM membership_publishers p
        CROSS JOIN LATERAL (
          SELECT organization_id, position, changed_at FROM changes
          WHERE organization_id = p.organization_id AND position < p.followed_position ORDER BY position LIMIT ${mostPruned}::int) AS c
        WHERE c.changed_at < ${DateTime.formatIso(before)}::text::timestamptz
      ), gone AS (
        DELETE FROM changes c USING old WHERE c.organization_id = old.organization_id AND c.position = old.position RETURNING 1
      )
      SELECT count(*)::float8 AS pruned FROM gone`
    const [row] = yield* decodePruned(rows)
    return row!.pruned
  }, Effect.orDie)

  return PublisherRepo.of({
    due,
    prune,
    follow: Effect.fn("PublisherRepo.follow")(
      (organizationId: OrganizationId, holder: string, now: DateTime.Utc) =>
        follow(sql, compiled, organizationId, holder, now),
      contended(sql),
      Effect.orDie
    )
  })
})

export const PublisherRepoSql = Layer.effect(PublisherRepo, make)
