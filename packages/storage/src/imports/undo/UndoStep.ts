import { AudienceArchived } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { ImportUndoRefused } from "@audiences/domain/Import"
import type { UndoProgress } from "@audiences/engine/imports/undo/ImportUndoRepo"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { lockAudience } from "../../audiences/LockedAudience.ts"
import { databaseNow } from "../../DatabaseClockSql.ts"
import { leaveAllAudiences, lockAudiencesOf } from "../../memberships/LeaveAllAudiences.ts"
import { removeStaticMembers } from "../../memberships/StaticMembers.ts"
import { identifyingColumns, undoConflicts } from "./UndoConflicts.ts"
import type { UndoKey } from "./UndoKey.ts"
import { archiveCreated, restoreUpdated } from "./UndoWrites.ts"

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const ordinalsOf = (rows: ReadonlyArray<unknown>) =>
  Effect.map(Effect.orDie(decodeOrdinals(rows)), (all) => all.map(({ ordinal }) => ordinal))

export interface UndoStep extends UndoKey {
  /** Who undoes it. */
  readonly actor: string
  /** Consumers up to this ordinal have been dealt with. */
  readonly behind: number
  /** Of consumers. */
  readonly size: number
  /** Whether it is refused if anything of the import cannot be taken back; else that is left as it is. */
  readonly whole: boolean
}

const cause = ({ id }: UndoKey): string => `undo:${id}`
const source = ({ id }: UndoKey): string => `import:${id}`

/** Whom the import wrote or made a member, in the order of their ordinals. */
const nextOrdinals = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, step: UndoStep) {
  const { audienceId, behind, id, organizationId, size } = step
  const rows = yield* sql`
    SELECT ordinal FROM (
      (SELECT ordinal FROM import_changes
        WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND ordinal > ${behind}::int
        ORDER BY ordinal LIMIT ${size})
      UNION
      (SELECT ordinal FROM static_members
        WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid AND ordinal > ${behind}::int AND source = ${source(step)}
        ORDER BY ordinal LIMIT ${size})
    ) written ORDER BY ordinal LIMIT ${size}`
  return yield* ordinalsOf(rows)
})

/**
 * With those who have an identifier, by the import, that one of them is to get back. They are looked up one by one, however small the
 * planner takes the log to be.
 */
const withHolders = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { id, organizationId }: UndoKey,
  ordinals: ReadonlyArray<number>
) {
  const all = new Set(ordinals)
  for (let found = ordinals; found.length > 0;) {
    const holders = identifyingColumns.map(
      (column) => sql`
        SELECT o.ordinal FROM import_changes w
        CROSS JOIN LATERAL (
          SELECT c.ordinal FROM consumers c
          WHERE c.organization_id = w.organization_id AND NOT c.archived AND c.${sql.literal(column)} = w.before ->> '${sql.literal(column)}'
            AND c.ordinal <> w.ordinal
          OFFSET 0) o
        CROSS JOIN LATERAL (
          SELECT 1 FROM import_changes x
          WHERE x.organization_id = w.organization_id AND x.import_id = w.import_id AND x.ordinal = o.ordinal
          OFFSET 0) x
        WHERE w.organization_id = ${organizationId}::uuid AND w.import_id = ${id}::uuid AND w.ordinal = ANY(${found}::int[])
          AND w.before ->> '${sql.literal(column)}' IS NOT NULL`
    )
    const together = holders.slice(1).reduce((some, each) => sql`${some} UNION ${each}`, holders[0]!)
    found = (yield* ordinalsOf(yield* together)).filter((ordinal) => !all.has(ordinal))
    for (const ordinal of found) all.add(ordinal)
  }
  return [...all]
})

/** Those of the ordinals that can be put back without losing anything. */
const safe = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, step: UndoStep, ordinals: ReadonlyArray<number>) {
  if (step.whole) {
    const conflicts = yield* undoConflicts(sql, step, "all")
    if (conflicts.length === 0) return ordinals
    return yield* new ImportUndoRefused({
      conflicts: conflicts.map(({ consumerId, reason }) => ({ consumerId, reason })),
      conflictCount: conflicts[0]!.total
    })
  }
  // Who is left keeps what others were to get back: they are left, too.
  for (let rest = new Set(ordinals); ;) {
    const conflicts = yield* undoConflicts(sql, step, [...rest])
    if (conflicts.length === 0) return [...rest]
    for (const { ordinal } of conflicts) rest.delete(ordinal)
  }
})

/** Takes the chosen out of the list, as far as the import put them there. */
const unlist = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  step: UndoStep,
  audienceId: AudienceId,
  ordinals: ReadonlyArray<number>
) {
  const { organizationId } = step
  const members = yield* sql`
    SELECT ordinal FROM static_members
    WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid AND ordinal = ANY(${ordinals}::int[])
      AND source = ${source(step)} ORDER BY ordinal`
  yield* removeStaticMembers(sql, {
    organizationId,
    audienceId,
    ordinals: yield* ordinalsOf(members),
    cause: cause(step),
    now: yield* databaseNow(sql)
  })
})

/** Keeps how far the undo has come. */
const advance = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { id, organizationId }: UndoKey,
  at: {
    readonly done: ReadonlyArray<number>
    readonly upTo: number
    readonly skipped: number
    readonly isLast: boolean
  }
) {
  yield* sql`
    DELETE FROM import_changes
    WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND ordinal = ANY(${at.done}::int[])`
  yield* sql`
    UPDATE imports SET undo_ordinal = ${at.upTo}::int, undo_skipped = undo_skipped + ${at.skipped}::int, updated_at = clock_timestamp(),
      undone_at = CASE WHEN ${at.isLast} THEN clock_timestamp() END
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
})

/** The import's audience, locked. */
const ownAudience = (sql: SqlClient.SqlClient, { audienceId, organizationId }: UndoKey) =>
  audienceId === null
    ? Effect.succeed(undefined)
    : Effect.catchTag(lockAudience(sql, organizationId, audienceId), "AudienceNotFound", Effect.die)

/** One step of an undo, in a transaction that holds the import's row. */
export const undoStep = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, step: UndoStep) {
  const { audienceId, organizationId } = step
  const next = yield* nextOrdinals(sql, step)
  const ordinals = yield* withHolders(sql, step, next)
  yield* sql`
    SELECT count(*) FROM (
      SELECT 1 FROM consumers WHERE organization_id = ${organizationId}::uuid AND ordinal = ANY(${ordinals}::int[])
      ORDER BY id FOR NO KEY UPDATE) AS locked`
  const done = yield* safe(sql, step, ordinals)
  const undoing = { ...step, ordinals: done, now: yield* databaseNow(sql) }
  // First: whom the import created may have what others are to get back.
  const archived = yield* archiveCreated(sql, undoing)
  const restored = yield* restoreUpdated(sql, undoing)
  yield* lockAudiencesOf(sql, { organizationId, ordinals: archived, except: audienceId })
  const audience = yield* ownAudience(sql, step)
  if (audience?.archived === true && step.whole) return yield* new AudienceArchived()
  yield* leaveAllAudiences(sql, {
    organizationId,
    ordinals: archived,
    except: audienceId,
    cause: cause(step),
    now: undoing.now
  })
  const isLast = next.length < step.size
  const upTo = next.at(-1) ?? step.behind
  // Holders that come later are not counted before they are looked at again.
  const left = new Set(done)
  const skipped = next.filter((ordinal) => !left.has(ordinal)).length
  yield* advance(sql, step, { done, upTo, skipped, isLast })
  // The last writes of the transaction.
  if (audienceId !== null && audience?.archived === false) yield* unlist(sql, step, audienceId, done)
  const written = [...restored, ...archived]
  if (written.length > 0) {
    yield* sql`SELECT record_change(${organizationId}::uuid, ${written}::int[], NULL, NULL, ${cause(step)})`
  }
  return (isLast ? "done" : "left") satisfies UndoProgress as UndoProgress
})
