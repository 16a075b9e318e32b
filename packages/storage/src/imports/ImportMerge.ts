import { AudienceArchived } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { ConsumerId } from "@audiences/domain/Consumer"
import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type Identifier, identifiersOf } from "@audiences/engine/consumers/Identity"
import type { ImportChunk } from "@audiences/engine/imports/ImportRepo"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { lockAudience } from "../audiences/LockedAudience.ts"
import { databaseNow } from "../DatabaseClockSql.ts"
import { addStaticMembers } from "../memberships/StaticMembers.ts"
import {
  assignments,
  type ConsumerColumns,
  consumerColumns,
  fieldsOf,
  insertedNames,
  insertedValues,
  isNews,
  rowsOf
} from "./ConsumerColumns.ts"
import { storeErrors } from "./ImportErrors.ts"
import { type ImportedPerson, importedPeople, type StoredPerson } from "./ImportedPeople.ts"

/** Which import a chunk belongs to. */
export interface ImportKey {
  readonly organizationId: OrganizationId
  readonly id: ImportId
  readonly audienceId: AudienceId
}

const decodeStored = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      id: ConsumerId,
      ordinal: Schema.Finite,
      email: Schema.NullOr(Schema.String),
      phone: Schema.NullOr(Schema.String),
      externalId: Schema.NullOr(Schema.String)
    })
  )
)

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

/** The live consumers that share an identifier with any row, locked in the order of their ids until the transaction ends. */
const lockStored = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId }: ImportKey,
  { rows }: ImportChunk
) {
  const given = rows.map((row) => identifiersOf(row.patch))
  const those = (name: Identifier) => [...new Set(given.flatMap((each) => each[name] ?? []))]
  const matching = (column: string, name: Identifier) =>
    sql`SELECT id FROM consumers WHERE organization_id = ${organizationId}::uuid AND NOT archived AND ${sql.literal(column)} = ANY(${those(name)}::text[])`
  const stored = yield* sql`
    SELECT id, ordinal, email_folded AS email, phone, primary_external_id_folded AS external_id FROM consumers
    WHERE organization_id = ${organizationId}::uuid AND NOT archived AND id = ANY(ARRAY(
      ${matching("email_folded", "email")} UNION ${matching("phone", "phone")} UNION ${matching("primary_external_id_folded", "externalId")}))
    ORDER BY id FOR NO KEY UPDATE`
  return yield* Effect.orDie(decodeStored(stored))
})

const releasedColumns: { readonly [Name in Identifier]: string } = {
  email: "email = NULL, email_folded = NULL",
  phone: "phone = NULL",
  externalId: "primary_external_id = NULL, primary_external_id_folded = NULL"
}

/** Lets go of identifiers that others take over in the same chunk; who gave them up gets a new one with the update that follows. */
const release = (
  sql: SqlClient.SqlClient,
  { organizationId }: ImportKey,
  released: ReadonlyArray<readonly [StoredPerson, Identifier]>
) =>
  Effect.forEach(
    released,
    ([person, identifier]) =>
      sql`
      UPDATE consumers SET ${sql.literal(releasedColumns[identifier])}
      WHERE organization_id = ${organizationId}::uuid AND id = ${person.id}::uuid`,
    { discard: true }
  )

/** Merges what is said into whom it is said of. Returns the ordinals of those whom it was news of. */
const update = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  key: ImportKey,
  columns: ConsumerColumns,
  ids: ReadonlyArray<ConsumerId>
) {
  const updated = yield* sql`
    UPDATE consumers c SET ${sql.literal(assignments(columns))}, updated_at = clock_timestamp(), updated_by = ${`import:${key.id}`}
    FROM ${rowsOf(sql, columns, { name: "id", type: "uuid", values: ids })}
    WHERE c.organization_id = ${key.organizationId}::uuid AND c.id = r.id AND (${sql.literal(isNews(columns))})
    RETURNING c.ordinal`
  return (yield* Effect.orDie(decodeOrdinals(updated))).map(({ ordinal }) => ordinal)
})

/** Returns the ordinals of the new consumers. */
const insert = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  key: ImportKey,
  columns: ConsumerColumns,
  count: number
) {
  const places = Array.from({ length: count }, (_, i) => String(i))
  const inserted = yield* sql`
    INSERT INTO consumers (organization_id, id, ordinal, created_at, created_by, ${sql.literal(insertedNames(columns))})
    SELECT ${key.organizationId}::uuid, consumer_id(a.id_millis, r.i), a.first_ordinal + r.i, clock_timestamp(), ${`import:${key.id}`},
      ${sql.literal(insertedValues(columns))}
    FROM allot_consumers(${key.organizationId}::uuid, ${count}::int) a, ${rowsOf(sql, columns, { name: "i", type: "int", values: places })}
    RETURNING ordinal`
  return (yield* Effect.orDie(decodeOrdinals(inserted))).map(({ ordinal }) => ordinal)
})

const record = (
  sql: SqlClient.SqlClient,
  { organizationId, id }: ImportKey,
  ordinals: ReadonlyArray<number>,
  fields: ReadonlyArray<string> | null
) =>
  ordinals.length === 0
    ? Effect.void
    : sql`SELECT record_change(${organizationId}::uuid, ${ordinals}::int[], ${fields}::text[], NULL, ${`import:${id}`})`

const count = (
  sql: SqlClient.SqlClient,
  { organizationId, id }: ImportKey,
  rows: {
    readonly created: number
    readonly updated: number
    readonly unchanged: number
    readonly duplicate: number
    readonly rejected: number
  }
) =>
  sql`
    UPDATE imports SET
      created_rows = created_rows + ${rows.created}::int, updated_rows = updated_rows + ${rows.updated}::int,
      unchanged_rows = unchanged_rows + ${rows.unchanged}::int, duplicate_rows = duplicate_rows + ${rows.duplicate}::int,
      rejected_rows = rejected_rows + ${rows.rejected}::int,
      processed_rows = processed_rows + ${rows.created + rows.updated + rows.unchanged + rows.duplicate + rows.rejected}::int,
      updated_at = clock_timestamp()
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`

/** Writes one chunk. To be run in a transaction that holds the import's row. */
export const mergeChunk = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, key: ImportKey, chunk: ImportChunk) {
  const stored = yield* lockStored(sql, key, chunk)
  const { people, conflicting, duplicates, released } = importedPeople(chunk.rows, stored)
  const known = people.filter((person): person is ImportedPerson & { stored: StoredPerson } => person.stored !== null)
  const created = people.filter((person) => person.stored === null)

  yield* release(sql, key, released)
  const given = consumerColumns(known.map(({ patch }) => patch))
  const updated =
    known.length === 0
      ? []
      : yield* update(
          sql,
          key,
          given,
          known.map(({ stored }) => stored.id)
        )
  // Nobody archives the audience, and nothing else changes its members, until the transaction ends.
  const { archived } = yield* lockAudience(sql, key.organizationId, key.audienceId).pipe(
    // The import refers to it.
    Effect.catchTag("AudienceNotFound", Effect.die)
  )
  if (archived) return yield* new AudienceArchived()
  const inserted =
    created.length === 0
      ? []
      : yield* insert(sql, key, consumerColumns(created.map(({ patch }) => patch)), created.length)

  const rejected = [...chunk.rejected, ...conflicting]
  yield* storeErrors(sql, key.organizationId, key.id, rejected)
  yield* count(sql, key, {
    created: inserted.length,
    updated: updated.length,
    unchanged: known.length - updated.length,
    duplicate: duplicates,
    rejected: rejected.length
  })
  const members = [...known.map((person) => person.stored.ordinal), ...inserted]
  yield* addStaticMembers(sql, {
    organizationId: key.organizationId,
    audienceId: key.audienceId,
    ordinals: members,
    source: `import:${key.id}`,
    cause: `import:${key.id}`,
    now: yield* databaseNow(sql)
  })
  yield* record(sql, key, inserted, null)
  yield* record(sql, key, updated, fieldsOf(given))
})
