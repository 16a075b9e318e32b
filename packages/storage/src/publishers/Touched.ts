import type { OrganizationId } from "@audiences/domain/Organization"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { readPassers, type Window } from "./Boundaries.ts"
import type { FollowedAudience } from "./FollowedAudiences.ts"

/** Why the membership of a consumer is in question. */
export interface Touch {
  /** The fields that may have changed; null: all of them. */
  fields: Set<string> | null
  /** The boundaries passed, by their keys. */
  readonly boundaries: Set<string>
  /** What the changes came from; null: only time. */
  cause: string | null
}

export interface TouchedConsumers {
  /** By ordinal. */
  readonly consumers: ReadonlyMap<number, Touch>
  /** The change feed is read up to here, and time has passed up to here. */
  readonly position: number
  readonly until: DateTime.Utc
  readonly behind: boolean
  /** Others wrote members themselves: chosen ones, or they archived somebody. */
  readonly written: boolean
}

/** Consumers that one batch takes, of changes and of time each; a single change is taken whole. */
const mostConsumers = 5000

/** Changes that one batch reads. */
const mostChanges = 2000

const decodeChanges = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      position: Schema.Finite,
      ordinals: Schema.Array(Schema.Finite),
      fields: Schema.NullOr(Schema.Array(Schema.String)),
      chosen: Schema.Boolean,
      cause: Schema.String,
      last: Schema.Boolean
    })
  )
)

const readChanges = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  position: number,
  limit: number
) {
  const rows = yield* sql`
    SELECT position::float8, ordinals, fields, chosen, cause, position = (SELECT max(position) FROM changes WHERE organization_id = ${organizationId}::uuid) AS last
    FROM (
      SELECT position, ordinals, fields, chosen, cause, sum(cardinality(ordinals)) OVER (ORDER BY position) - cardinality(ordinals) AS earlier
      FROM (
        SELECT position, CASE WHEN audience_id IS NULL THEN ordinals ELSE '{}' END AS ordinals, fields, audience_id IS NOT NULL AS chosen, cause
        FROM changes WHERE organization_id = ${organizationId}::uuid AND position > ${position}::bigint
        ORDER BY position LIMIT ${mostChanges}::int
      ) AS next
    ) AS counted
    WHERE earlier < ${limit}::int ORDER BY position`
  return yield* Effect.orDie(decodeChanges(rows))
})

const touch = (consumers: Map<number, Touch>, ordinal: number): Touch => {
  const known = consumers.get(ordinal)
  if (known !== undefined) return known
  const fresh: Touch = { fields: new Set(), boundaries: new Set(), cause: null }
  consumers.set(ordinal, fresh)
  return fresh
}

/** Who passes a boundary, in a window that is halved until they are few enough; one of a millisecond is taken whole. */
const readTime = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audiences: ReadonlyArray<FollowedAudience>,
  window: Window,
  limit: number
) {
  const boundaries = new Map(audiences.flatMap((audience) => [...audience.boundaries]))
  let to = window.to
  for (;;) {
    const isLeast = to - window.from <= 1
    const passers = yield* readPassers(
      sql,
      organizationId,
      boundaries.values(),
      { from: window.from, to },
      isLeast ? null : limit + 1
    )
    if (isLeast || passers.length <= limit) return { passers, to }
    to = window.from + Math.ceil((to - window.from) / 2)
  }
})

/** The consumers that a batch asks about: those of the next changes, and those whom time carries over a boundary. */
export const readTouched = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audiences: ReadonlyArray<FollowedAudience>,
  from: { readonly position: number; readonly until: DateTime.Utc; readonly now: DateTime.Utc }
) {
  const consumers = new Map<number, Touch>()
  const changes = yield* readChanges(sql, organizationId, from.position, mostConsumers)
  for (const { ordinals, fields, cause } of changes) {
    for (const ordinal of ordinals) {
      const touched = touch(consumers, ordinal)
      if (fields === null) touched.fields = null
      for (const field of fields ?? []) touched.fields?.add(field)
      // What somebody wrote says more than that it was imported.
      touched.cause = touched.cause === null || cause === "write" ? cause : touched.cause
    }
  }
  const window = { from: DateTime.toEpochMillis(from.until), to: DateTime.toEpochMillis(from.now) }
  const { passers, to } = yield* readTime(sql, organizationId, audiences, window, mostConsumers)
  for (const { ordinal, key } of passers) touch(consumers, ordinal).boundaries.add(key)
  const touched: TouchedConsumers = {
    consumers,
    position: changes.at(-1)?.position ?? from.position,
    until: DateTime.makeUnsafe(to),
    behind: to < window.to || changes.at(-1)?.last === false,
    written: changes.some(({ chosen, fields }) => chosen || fields === null)
  }
  return touched
})
