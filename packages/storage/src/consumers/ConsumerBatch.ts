import type { Actor } from "@audiences/domain/Actor"
import { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import {
  directoryOf,
  type Identifier,
  type Identifiers,
  identifiersOf,
  identifyAll,
  type Identity,
  knownPersonOf
} from "@audiences/engine/consumers/Identity"
import { type DateTime, Effect, Schema, String } from "effect"
import type { SqlClient } from "effect/sql"
import { blankConsumer, mergePatch } from "./ConsumerMerge.ts"
import { consumerColumns, consumerRecord, ConsumerRow } from "./ConsumerRow.ts"

/** What a batch writes of a consumer. The mirrors of its sync source are the sync's to write. */
export type BatchPatch = ConsumerPatch &
  Partial<Pick<ConsumerRow, "primarySyncSourceId" | "primarySourceVendor" | "primaryLastSyncedAt">>

/** One patch, whom it means, and the stored consumer that it would be merged into (null: somebody new). */
export interface BatchEntry {
  readonly patch: BatchPatch
  readonly identity: Identity
  readonly stored: ConsumerRow | null
}

/** What writing an entry did, and the consumer as it is now. */
export interface BatchOutcome {
  readonly result: "created" | "updated" | "unchanged"
  readonly row: ConsumerRow
  readonly changed: ReadonlySet<string>
}

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(ConsumerRow))

/** Live consumers that have any of the identifiers; `FOR UPDATE` locks them in the order of their ids until the transaction ends. */
export const findByIdentifiers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  given: ReadonlyArray<Identifiers>,
  lock: "" | "FOR UPDATE"
) {
  const those = (name: Identifier) => [...new Set(given.flatMap((each) => each[name] ?? []))]
  const rows = yield* sql`
    SELECT ${consumerColumns(sql)} FROM consumers c
    WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND (
      c.email_folded = ANY(${those("email")}::text[])
      OR c.phone = ANY(${those("phone")}::text[])
      OR c.primary_external_id_folded = ANY(${those("externalId")}::text[]))
    ORDER BY c.id ${sql.literal(lock)}`
  return yield* Effect.orDie(decodeRows(rows))
})

/** Whom each patch means. Locks the consumers concerned; writes nothing. */
export const planBatch = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  patches: ReadonlyArray<ConsumerPatch>
) {
  const given = patches.map(identifiersOf)
  const rows = yield* findByIdentifiers(sql, organizationId, given, "FOR UPDATE")
  const byId = new Map(rows.map((row) => [row.id, row]))
  const identities = identifyAll(given, directoryOf(rows.map(knownPersonOf)))
  return patches.map((patch, index): BatchEntry => {
    const identity = identities[index]!
    return { patch, identity, stored: identity.id === null ? null : byId.get(identity.id)! }
  })
})

const Allotted = Schema.Array(Schema.Struct({ ordinal: Schema.Finite, id: ConsumerId }))

/** Ordinals and ids for new consumers, in rising order. Holds the organization's counter until the transaction ends. */
const allot = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, organizationId: OrganizationId, count: number) {
  if (count === 0) return []
  const rows = yield* sql`
    SELECT a.first_ordinal + i AS ordinal, consumer_id(a.id_millis, i) AS id
    FROM allot_consumers(${organizationId}::uuid, ${count}::int) a, generate_series(0, ${count - 1}::int) i ORDER BY i`
  return yield* Effect.orDie(Schema.decodeUnknownEffect(Allotted)(rows))
})

const recordset = (rows: ReadonlyArray<ConsumerRow>) => JSON.stringify(rows.map(consumerRecord))

/** Names the columns that it knows: others, which a later version may have added, get their defaults. */
const insertRows = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, rows: ReadonlyArray<ConsumerRow>) {
  const [first] = rows
  if (first === undefined) return
  const columns = sql.literal(Object.keys(consumerRecord(first)).join(", "))
  yield* sql`
    INSERT INTO consumers (${columns})
    SELECT ${columns} FROM jsonb_populate_recordset(null::consumers, ${recordset(rows)}::text::jsonb)`
})

const fixed = new Set(["id", "organizationId", "ordinal", "createdAt", "createdBy"].map(String.camelToSnake))

/** Rewrites the rows as they are given, in the order given. */
export const updateRows = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  rows: ReadonlyArray<ConsumerRow>
) {
  const [first] = rows
  if (first === undefined) return
  const columns = Object.keys(consumerRecord(first)).filter((column) => !fixed.has(column))
  yield* sql`
    UPDATE consumers c SET ${sql.literal(columns.map((column) => `${column} = r.${column}`).join(", "))}
    FROM jsonb_populate_recordset(null::consumers, ${recordset(rows)}::text::jsonb) r
    WHERE c.organization_id = ${organizationId}::uuid AND c.id = r.id`
})

/** Writes entries that nothing speaks against, in as many statements whatever their number. The feed is the caller's: `recordBatch`. */
export const writeBatch = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  entries: ReadonlyArray<BatchEntry>
) {
  const { organizationId, name } = actor
  const allotted = yield* allot(sql, organizationId, entries.filter(({ stored }) => stored === null).length)
  let next = 0
  const outcomes = entries.map(({ patch, stored }): BatchOutcome => {
    if (stored !== null) {
      const { row, changed } = mergePatch(stored, patch)
      return changed.size === 0
        ? { result: "unchanged", row: stored, changed }
        : {
            result: "updated",
            row: { ...row, updatedAt: now, updatedBy: name },
            changed: new Set([...changed, "updatedAt", "updatedBy"])
          }
    }
    const made = { organizationId, archived: false, createdAt: now, createdBy: name, updatedAt: null, updatedBy: null }
    const { row, changed } = mergePatch({ ...blankConsumer, ...made, ...allotted[next++]! }, patch)
    return { result: "created", row, changed }
  })
  const those = (result: BatchOutcome["result"]) =>
    outcomes.filter((each) => each.result === result).map(({ row }) => row)
  yield* updateRows(sql, organizationId, those("updated"))
  yield* insertRows(sql, those("created"))
  return outcomes
})

/** Puts what was written into the change feed. The last of the transaction: holds the feed of the organization until it ends. */
export const recordBatch = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  outcomes: ReadonlyArray<BatchOutcome>,
  cause = "write"
) {
  const created = outcomes.filter(({ result }) => result === "created")
  const updated = outcomes.filter(({ result }) => result === "updated")
  const fields = new Set(updated.flatMap(({ changed }) => [...changed]))
  const record = (those: ReadonlyArray<BatchOutcome>, changed: ReadonlyArray<string> | null) =>
    those.length === 0
      ? Effect.void
      : sql`
      SELECT record_change(${organizationId}::uuid, ${those.map(({ row }) => row.ordinal)}::int[], ${changed}::text[], NULL, ${cause})`
  yield* record(created, null)
  yield* record(updated, [...fields].sort())
})
