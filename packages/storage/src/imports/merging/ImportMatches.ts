import { type Identifier, type Identifiers, identifiers } from "@audiences/engine/consumers/Identity"
import { knownIssue, takenIssue, unknownIssue } from "@audiences/engine/imports/reports/IdentityIssues"
import type { RejectedRow } from "@audiences/engine/imports/rows/ConsumerCsv"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { columnsNamed, isNews } from "../ConsumerColumns.ts"
import { givenIdentifiers, identifierColumns } from "../IdentifierColumns.ts"
import { lookForOwners, ownerOf } from "../IdentifierOwners.ts"
import type { StagedImport } from "../ImportKey.ts"

/** Rows `start + 1` to `start + count` of an import. */
export interface Range {
  readonly start: number
  readonly count: number
}

export const inRange = (sql: SqlClient.SqlClient, { id, organizationId }: StagedImport, { count, start }: Range) => sql`
  r.organization_id = ${organizationId}::uuid AND r.import_id = ${id}::uuid
  AND r.row_number > ${start}::bigint AND r.row_number <= ${start + count}::bigint`

const owned = (name: Identifier): string => `${name === "externalId" ? "external_id" : name}_of`

/** Why a row is rejected: one of its later identifiers is somebody else's, or the mode forbids it. */
const fault = (names: ReadonlyArray<Identifier>, mode: StagedImport["mode"]): string => {
  const taken = names.slice(1).map((name, i) => {
    const earlier = names.slice(0, i + 1).map((each) => `r.${identifierColumns[each]} IS NOT NULL`)
    return `${ownerOf(names, name)} IS NOT NULL AND (${earlier.join(" OR ")}) AND ${ownerOf(names, name)} IS DISTINCT FROM ${selfOf(names)}`
  })
  const cases = [
    ...taken.map((each) => `WHEN ${each} THEN 'taken'`),
    ...(mode === "create" ? [`WHEN ${selfOf(names)} IS NOT NULL THEN 'known'`] : []),
    ...(mode === "update" ? [`WHEN ${selfOf(names)} IS NULL THEN 'unknown'`] : [])
  ]
  return cases.length === 0 ? "NULL::text" : `CASE ${cases.join(" ")} END`
}

/** Whom the first identifier given means. */
const selfOf = (names: ReadonlyArray<Identifier>): string =>
  `CASE ${names.map((name) => `WHEN r.${identifierColumns[name]} IS NOT NULL THEN ${ownerOf(names, name)}`).join(" ")} END`

/**
 * Finds the consumers whom the rows of a range mean, into the table `import_matches`: one row for each that is neither rejected nor a
 * duplicate. `self` is the consumer's ordinal (null: somebody new), `news` whether the row says something new of it, `member` whether
 * it is in the audience already.
 */
export const matchRows = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) {
  const names = givenIdentifiers(staged.columns)
  const releases = yield* sql`SELECT 1 FROM import_releases r WHERE ${inRange(sql, staged, range)} LIMIT 1`
  const ordinals = identifiers.map(
    (name) => `${names.includes(name) ? ownerOf(names, name) : "NULL::int"} AS ${owned(name)}`
  )
  const self = sql.literal(selfOf(names))
  yield* sql`
    CREATE TEMPORARY TABLE import_matches ON COMMIT DROP AS
    SELECT r.row_number, ${sql.literal(`${ordinals.join(", ")}, ${selfOf(names)} AS self, ${fault(names, staged.mode)} AS fault`)},
      (${sql.literal(isNews(columnsNamed(staged.columns)))}) AS news, ${staged.audienceId === null ? sql`true` : sql`s.ordinal IS NOT NULL`} AS member
    FROM import_rows r ${lookForOwners(sql, staged, names, releases.length > 0)}
    LEFT JOIN LATERAL (
      SELECT * FROM consumers WHERE organization_id = ${staged.organizationId}::uuid AND ordinal = ${self} LIMIT 1
    ) AS c ON true
    LEFT JOIN LATERAL (
      SELECT ordinal FROM static_members
      WHERE organization_id = ${staged.organizationId}::uuid AND audience_id = ${staged.audienceId}::uuid AND ordinal = ${self} LIMIT 1
    ) AS s ON true
    WHERE ${inRange(sql, staged, range)} AND r.issues IS NULL AND r.winner_line IS NULL`
  // However small the planner takes the other tables to be, whoever they are joined with is looked up.
  yield* sql`CREATE INDEX ON import_matches (row_number)`
  yield* sql`CREATE INDEX ON import_matches (self)`
  yield* sql`ANALYZE import_matches`
  return releases.length > 0
})

const Faulty = Schema.Struct({
  line: Schema.Finite,
  fault: Schema.Literals(["taken", "known", "unknown"]),
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  externalId: Schema.NullOr(Schema.String),
  emailOf: Schema.NullOr(Schema.String),
  phoneOf: Schema.NullOr(Schema.String),
  externalIdOf: Schema.NullOr(Schema.String)
})
const decodeFaulty = Schema.decodeUnknownEffect(Schema.Array(Faulty))

const issuesOf = (row: typeof Faulty.Type) => {
  const given: Identifiers = { email: row.email, phone: row.phone, externalId: row.externalId }
  const owners = { email: row.emailOf, phone: row.phoneOf, externalId: row.externalIdOf }
  const names = identifiers.filter((name) => given[name] !== null)
  const first = names[0]!
  const self = owners[first]
  if (row.fault === "known") return [knownIssue(given, first, self!)]
  if (row.fault === "unknown") return [unknownIssue(given, first)]
  return names.slice(1).flatMap((identifier) => {
    const consumer = owners[identifier]
    if (consumer === null || consumer === self) return []
    return [
      takenIssue(given, first, { identifier, owner: { consumer }, self: self === null ? null : { consumer: self } })
    ]
  })
}

/** The matched rows that are rejected, with the reasons. */
export const faultyRows = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport) {
  const idOf = (name: Identifier) => sql`
    (SELECT c.id FROM consumers c WHERE c.organization_id = ${staged.organizationId}::uuid AND c.ordinal = ${sql.literal(`m.${owned(name)}`)}) AS ${sql.literal(owned(name))}`
  const rows = yield* sql`
    SELECT r.line::float8, m.fault, r.email_folded AS email, r.phone, r.primary_external_id_folded AS external_id,
      ${sql.join(", ", false)(identifiers.map(idOf))}
    FROM import_matches m
    JOIN import_rows r ON r.organization_id = ${staged.organizationId}::uuid AND r.import_id = ${staged.id}::uuid AND r.row_number = m.row_number
    WHERE m.fault IS NOT NULL ORDER BY r.line`
  return (yield* Effect.orDie(decodeFaulty(rows))).map((row): RejectedRow => ({
    line: row.line,
    issues: issuesOf(row)
  }))
})
