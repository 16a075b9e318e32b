import { type Identifier, identifiers } from "@audiences/engine/consumers/Identity"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { givenIdentifiers, identifierColumns } from "../IdentifierColumns.ts"
import { found, leadsElsewhere, lookForOwners } from "../IdentifierOwners.ts"
import type { StagedImport } from "../ImportKey.ts"

const decodeCount = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ count: Schema.Finite })]))

export const countOf = (sql: SqlClient.SqlClient, table: string) =>
  Effect.map(
    Effect.flatMap(sql`SELECT count(*)::float8 AS count FROM ${sql.literal(table)}`, (rows) =>
      Effect.orDie(decodeCount(rows))
    ),
    ([{ count }]) => count
  )

/**
 * Sets the identifiers of the rows apart that are still to be merged, and are neither rejected nor duplicates, into the table `open_rows`:
 * a tenth of what the rows say, and read several times.
 */
const collectOpen = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { id, organizationId, processedRows }: StagedImport
) {
  yield* sql`
    CREATE TEMPORARY TABLE open_rows ON COMMIT DROP AS
    SELECT row_number, ${sql.literal(Object.values(identifierColumns).join(", "))} FROM import_rows
    WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND row_number > ${processedRows}::bigint
      AND issues IS NULL AND winner_line IS NULL`
  yield* sql`ANALYZE open_rows`
})

/** Open rows that give an identifier which another open row gives, too. */
const sharing = (sql: SqlClient.SqlClient, name: Identifier) => {
  const column = sql.literal(identifierColumns[name])
  return sql`
    SELECT row_number FROM open_rows WHERE ${column} IN (
      SELECT ${column} FROM open_rows WHERE ${column} IS NOT NULL GROUP BY 1 HAVING count(*) > 1)`
}

/** The live consumer who has an identifier of tangled row `t`. */
const havingIt = (sql: SqlClient.SqlClient, { organizationId }: StagedImport, column: string) => sql`
  CROSS JOIN LATERAL (
    SELECT ${sql.literal(["ordinal", "id", ...Object.values(identifierColumns)].join(", "))} FROM consumers c
    WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND ${sql.literal(`c.${column} = t.${column}`)} LIMIT 1
  ) AS c`

/**
 * Open rows that name a consumer whom another row names, too, but not by all identifiers by which another row could: who shares one with
 * them is found without.
 */
const reaching = (sql: SqlClient.SqlClient, staged: StagedImport, names: ReadonlyArray<Identifier>) => {
  const ordinals = names.map((name) => `CASE WHEN ${leadsElsewhere(names, name)} THEN ${found(name)} END`)
  return sql`
    SELECT row_number FROM (
      SELECT row_number, count(*) OVER (PARTITION BY consumer) AS rows FROM (
        SELECT r.row_number, named.consumer FROM open_rows r ${lookForOwners(sql, staged, names, false)}
        CROSS JOIN LATERAL (SELECT DISTINCT consumer FROM unnest(ARRAY[${sql.literal(ordinals.join(", "))}]::int[]) AS each (consumer)) AS named
        WHERE named.consumer IS NOT NULL
          AND (${sql.literal(names.map((name) => leadsElsewhere(names, name)).join(" OR "))})
      ) AS pairs) AS counted WHERE rows > 1`
}

/**
 * Collects the rows that may be the same person as another row, or come by what another row gives up, into the table `tangled`, and the
 * consumers whom they name into `known_people`. What they mean depends on no other row of the file. Returns how many rows there are.
 */
export const collectTangled = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport) {
  const names = givenIdentifiers(staged.columns)
  const union = sql.join(" UNION ", false)
  const columns = sql.literal(identifiers.map((name) => `r.${identifierColumns[name]}`).join(", "))
  yield* collectOpen(sql, staged)
  const shared = names.map((name) => sharing(sql, name))
  // A second way to the same consumer takes a second kind of identifier.
  const linked = names.length < 2 ? [] : [reaching(sql, staged, names)]
  yield* sql`
    CREATE TEMPORARY TABLE tangled ON COMMIT DROP AS
    SELECT r.row_number, ${columns} FROM open_rows r WHERE r.row_number IN (${union([...shared, ...linked])})`
  yield* sql`ANALYZE tangled`
  const matches = names.map((name) => sql`SELECT c.* FROM tangled t ${havingIt(sql, staged, identifierColumns[name])}`)
  yield* sql`
    CREATE TEMPORARY TABLE known_people ON COMMIT DROP AS
    SELECT (row_number() OVER (ORDER BY r.ordinal) - 1)::int AS person, r.id, ${columns} FROM (${union(matches)}) AS r`
  yield* sql`ANALYZE known_people`
  return yield* countOf(sql, "tangled")
})

/** Numbers the identifiers of tangled rows and of the consumers whom they name: `email_codes`, `phone_codes` … */
export const codeIdentifiers = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const codes = { email: 0, phone: 0, externalId: 0 }
  for (const name of identifiers) {
    const column = sql.literal(identifierColumns[name])
    const table = codesOf(name)
    yield* sql`
      CREATE TEMPORARY TABLE ${sql.literal(table)} ON COMMIT DROP AS
      SELECT value, (row_number() OVER ())::int AS code
      FROM (SELECT ${column} AS value FROM tangled UNION SELECT ${column} FROM known_people) AS v WHERE value IS NOT NULL`
    yield* sql`ANALYZE ${sql.literal(table)}`
    codes[name] = yield* countOf(sql, table)
  }
  return codes
})

const codesOf = (name: Identifier): string => `${name === "externalId" ? "external_id" : name}_codes`

const Coded = Schema.Struct({
  number: Schema.Finite,
  email: Schema.Finite,
  phone: Schema.Finite,
  externalId: Schema.Finite
})
const decodeCoded = Schema.decodeUnknownEffect(Schema.Array(Coded))

/** How many rows are fetched at a time. */
const fetched = 20_000

/** Hands out the coded identifiers of a table's rows, some at a time, in the order of the column that numbers them. */
export const eachCoded = <E>(
  sql: SqlClient.SqlClient,
  table: "tangled" | "known_people",
  take: (rows: ReadonlyArray<typeof Coded.Type>) => Effect.Effect<void, E>
) =>
  Effect.gen(function* () {
    const number = table === "tangled" ? "row_number" : "person"
    const columns = identifiers.map(
      (name) => `coalesce(${codesOf(name)}.code, 0) AS ${name === "externalId" ? "external_id" : name}`
    )
    const joins = identifiers.map(
      (name) => `LEFT JOIN ${codesOf(name)} ON ${codesOf(name)}.value = t.${identifierColumns[name]}`
    )
    yield* sql`
      DECLARE coded NO SCROLL CURSOR FOR
      SELECT ${sql.literal(`t.${number}::float8 AS number, ${columns.join(", ")} FROM ${table} t ${joins.join(" ")} ORDER BY t.${number}`)}`
    for (;;) {
      const rows = yield* Effect.orDie(
        decodeCoded(yield* sql`FETCH FORWARD ${sql.literal(String(fetched))} FROM coded`)
      )
      if (rows.length === 0) break
      yield* take(rows)
    }
    yield* sql`CLOSE coded`
  })
