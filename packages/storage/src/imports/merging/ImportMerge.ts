import { AudienceArchived } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Schema } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { lockAudience } from "../../audiences/LockedAudience.ts"
import { databaseNow } from "../../DatabaseClockSql.ts"
import { addStaticMembers } from "../../memberships/StaticMembers.ts"
import { columnsNamed, fieldsOf } from "../ConsumerColumns.ts"
import { countRows } from "./ImportCounts.ts"
import { storeErrors } from "../reports/ImportErrors.ts"
import { countErasures, rejectErased } from "../erasure/ErasedPeople.ts"
import { givenIdentifiers, identifierColumns } from "../IdentifierColumns.ts"
import type { StagedImport } from "../ImportKey.ts"
import { faultyRows, inRange, matchRows, type Range } from "./ImportMatches.ts"
import { insertPeople, releaseIdentifiers, updatePeople } from "./ImportWrites.ts"

const decodeSummary = Schema.decodeUnknownEffect(
  Schema.Tuple([
    Schema.Struct({
      fresh: Schema.Finite,
      known: Schema.Finite,
      people: Schema.Finite,
      news: Schema.Finite,
      written: Schema.Finite,
      faulty: Schema.Finite
    })
  ])
)
const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeReported = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ rejected: Schema.Finite, duplicate: Schema.Finite })])
)

const noMatch = { fresh: 0, known: 0, people: 0, news: 0, written: 0, faulty: 0 }

const summarize = (sql: SqlClient.SqlClient) =>
  sql`
    SELECT count(*) FILTER (WHERE fault IS NULL AND self IS NULL)::int AS fresh, count(*) FILTER (WHERE fault IS NULL AND self IS NOT NULL)::int AS known,
      count(DISTINCT self) FILTER (WHERE fault IS NULL)::int AS people, count(*) FILTER (WHERE fault IS NULL AND self IS NOT NULL AND news)::int AS news,
      count(*) FILTER (WHERE fault IS NULL AND self IS NOT NULL AND (news OR NOT member))::int AS written,
      count(*) FILTER (WHERE fault IS NOT NULL)::int AS faulty
    FROM import_matches`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeSummary(rows))),
    Effect.map(([summary]) => summary)
  )

/** Somebody wrote or erased a consumer that was matched: as a lost race, it is tried again. */
const outrun = new SqlError.SqlError({
  reason: new SqlError.SerializationError({ cause: new Error("a consumer was written or erased meanwhile") })
})

/**
 * Locks, in the order of their ids, the consumers that are to be written or become members, and those who give something up, and makes
 * sure that they are still whom the rows mean. Of the others nothing is written: what was true of them when they were matched will do.
 */
const lockPeople = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) {
  const organization = sql`${staged.organizationId}::uuid`
  yield* sql`
    SELECT count(*) FROM (
      SELECT 1 FROM consumers WHERE organization_id = ${organization} AND ordinal = ANY(ARRAY(
        SELECT self FROM import_matches WHERE fault IS NULL AND self IS NOT NULL AND (news OR NOT member)))
      ORDER BY id FOR NO KEY UPDATE) AS locked`
  const same = givenIdentifiers(staged.columns).map(
    (name) =>
      `WHEN r.${identifierColumns[name]} IS NOT NULL THEN c.${identifierColumns[name]} = r.${identifierColumns[name]}`
  )
  const others = yield* sql`
    SELECT 1 FROM import_matches m
    JOIN import_rows r ON ${inRange(sql, staged, range)} AND r.row_number = m.row_number
    JOIN consumers c ON c.organization_id = ${organization} AND c.ordinal = m.self
    WHERE m.fault IS NULL AND (m.news OR NOT m.member) AND (c.archived OR (CASE ${sql.literal(same.join(" "))} END) IS NOT TRUE) LIMIT 1`
  if (others.length > 0) return yield* outrun
})

/** Moves what is said of rows that are not merged from the staged rows to the reports. */
const report = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  range: Range,
  isFaulty: boolean
) {
  const { id, organizationId } = staged
  if (isFaulty) yield* storeErrors(sql, organizationId, id, yield* faultyRows(sql, staged))
  const reported = yield* sql`
    WITH rejected AS (
      INSERT INTO import_errors (organization_id, import_id, row, issues)
      SELECT r.organization_id, r.import_id, r.line, r.issues FROM import_rows r WHERE ${inRange(sql, staged, range)} AND r.issues IS NOT NULL
      RETURNING 1
    ), duplicate AS (
      INSERT INTO import_duplicates (organization_id, import_id, line, winner_line)
      SELECT r.organization_id, r.import_id, r.line, r.winner_line FROM import_rows r
      WHERE ${inRange(sql, staged, range)} AND r.issues IS NULL AND r.winner_line IS NOT NULL
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM rejected)::int AS rejected, (SELECT count(*) FROM duplicate)::int AS duplicate`
  const [counts] = yield* Effect.orDie(decodeReported(reported))
  return counts
})

const record = (
  sql: SqlClient.SqlClient,
  { organizationId, id }: StagedImport,
  ordinals: ReadonlyArray<number>,
  fields: ReadonlyArray<string> | null
) =>
  ordinals.length === 0
    ? Effect.void
    : sql`SELECT record_change(${organizationId}::uuid, ${ordinals}::int[], ${fields}::text[], NULL, ${`import:${id}`})`

/** Writes people, and returns the ordinals of those who were created, updated, and changed in other ways. */
const writePeople = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  range: Range,
  { fresh, releases, written }: { readonly fresh: number; readonly written: number; readonly releases: boolean }
) {
  if (written > 0) yield* lockPeople(sql, staged, range)
  const released = releases ? yield* releaseIdentifiers(sql, staged, range, yield* databaseNow(sql)) : []
  const updated = written > 0 ? yield* updatePeople(sql, staged, range, yield* databaseNow(sql)) : []
  const inserted = fresh > 0 ? yield* insertPeople(sql, staged, range, fresh, yield* databaseNow(sql)) : []
  return { inserted, updated, released }
})

/** Puts whom the rows mean into the audience, and tells the change feed. */
const publish = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  { inserted, released, updated }: Effect.Success<ReturnType<typeof writePeople>>
) {
  const { audienceId, id, organizationId } = staged
  const joining = yield* sql`
    SELECT self AS ordinal FROM import_matches WHERE fault IS NULL AND self IS NOT NULL AND NOT member ORDER BY self`
  const joined = (yield* Effect.orDie(decodeOrdinals(joining))).map(({ ordinal }) => ordinal)
  if (audienceId !== null) {
    yield* addStaticMembers(sql, {
      organizationId,
      audienceId,
      ordinals: [...joined, ...inserted],
      source: `import:${id}`,
      cause: `import:${id}`,
      now: yield* databaseNow(sql)
    })
  }
  yield* record(sql, staged, inserted, null)
  yield* record(sql, staged, [...new Set([...updated, ...released])], fieldsOf(columnsNamed(staged.columns)))
})

const holdAudience = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId
) {
  const { archived } = yield* lockAudience(sql, organizationId, audienceId).pipe(
    // The import refers to it.
    Effect.catchTag("AudienceNotFound", Effect.die)
  )
  if (archived) return yield* new AudienceArchived()
})

const nothing = { inserted: [], updated: [], released: [] }

/**
 * Merges a range of staged rows. False, and nothing written that may stay, when two of them mean one consumer, which nobody could know
 * when they were deduplicated. To be run in a transaction that holds the import's row.
 */
export const mergeRange = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) {
  // Every row is a few looks into indexes, however large the tables are; compiling takes longer than running.
  yield* sql`SET LOCAL enable_hashjoin = off`
  yield* sql`SET LOCAL enable_mergejoin = off`
  yield* sql`SET LOCAL jit = off`
  const isMatched = givenIdentifiers(staged.columns).length > 0
  const erasures = isMatched ? yield* rejectErased(sql, staged, range) : 0
  const releases = isMatched && (yield* matchRows(sql, staged, range))
  // Whoever was erased between the two would be taken for somebody new.
  if (isMatched && (yield* countErasures(sql, staged)) !== erasures) return yield* outrun
  const { faulty, fresh, known, news, people, written } = isMatched ? yield* summarize(sql) : noMatch
  if (people < known) return false
  const { duplicate, rejected } = yield* report(sql, staged, range, faulty > 0)
  const isWritten = isMatched && !staged.dryRun
  const done = isWritten ? yield* writePeople(sql, staged, range, { fresh, written, releases }) : nothing
  // Nobody archives the audience, and nothing else changes its members, until the transaction ends.
  if (staged.audienceId !== null) yield* holdAudience(sql, staged.organizationId, staged.audienceId)
  // Of those who were news, others may have said it meanwhile.
  const updated = isWritten ? done.updated.length : news
  yield* countRows(sql, staged, {
    created: fresh,
    updated,
    unchanged: known - updated,
    duplicate,
    rejected: rejected + faulty
  })
  if (isWritten) yield* publish(sql, staged, done)
  return true
})
