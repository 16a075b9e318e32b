import type { ImportMode } from "@audiences/domain/Import"
import { type Identifier, identifiers } from "@audiences/engine/consumers/Identity"
import { knownIssue, type Named, takenIssue, unknownIssue } from "@audiences/engine/imports/reports/IdentityIssues"
import { type RowMeaning, SamePeople } from "@audiences/engine/imports/SamePeople"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { columnsNamed, sent } from "../ConsumerColumns.ts"
import { identifierColumns } from "../IdentifierColumns.ts"
import { storable } from "../reports/ImportErrors.ts"
import type { StagedImport } from "../ImportKey.ts"
import { codeIdentifiers, collectTangled, countOf, eachCoded } from "./TangledRows.ts"

type Refused = Exclude<RowMeaning, { readonly _tag: "Person" }>

const decodeRows = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      number: Schema.Finite,
      line: Schema.Finite,
      email: Schema.NullOr(Schema.String),
      phone: Schema.NullOr(Schema.String),
      externalId: Schema.NullOr(Schema.String)
    })
  )
)
const decodeIds = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ person: Schema.Finite, id: Schema.String })))

/** Rejects rows, saying of each what of it is whose. */
const reject = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId, id }: StagedImport,
  people: SamePeople,
  refused: ReadonlyMap<number, Refused>
) {
  const named = [...refused.values()].flatMap((each) =>
    each._tag === "Taken"
      ? each.taken.flatMap(({ owner, self }) => (self === null ? [owner] : [owner, self]))
      : each._tag === "Known"
        ? [each.person]
        : []
  )
  const lastRows = named.flatMap((person) => people.lastRow(person) ?? [])
  const rows = yield* Effect.orDie(
    decodeRows(
      yield* sql`
      SELECT row_number::float8 AS number, line::float8, email_folded AS email, phone, primary_external_id_folded AS external_id FROM import_rows
      WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid
        AND row_number = ANY(${[...refused.keys(), ...lastRows]}::bigint[])`
    )
  )
  const known = named.filter((person) => people.isKnown(person))
  const ids = yield* Effect.orDie(
    decodeIds(yield* sql`SELECT person, id FROM known_people WHERE person = ANY(${known}::int[])`)
  )
  const byNumber = new Map(rows.map((row) => [row.number, row]))
  const idOf = new Map(ids.map((each) => [each.person, each.id]))
  const nameOf = (person: number): Named => {
    const consumer = idOf.get(person)
    return consumer === undefined ? { line: byNumber.get(people.lastRow(person)!)!.line } : { consumer }
  }
  const issuesOf = (number: number, each: Refused) => {
    const given = byNumber.get(number)!
    const first = identifiers.find((name) => given[name] !== null)!
    switch (each._tag) {
      case "Known":
        return [knownIssue(given, first, idOf.get(each.person)!)]
      case "Unknown":
        return [unknownIssue(given, first)]
      case "Taken":
        return each.taken.map(({ identifier, owner, self }) =>
          takenIssue(given, first, { identifier, owner: nameOf(owner), self: self === null ? null : nameOf(self) })
        )
    }
  }
  const issues = [...refused].map(([number, each]) => ({ row_number: number, issues: issuesOf(number, each) }))
  yield* sql`
    UPDATE import_rows r SET issues = e.issues
    FROM jsonb_to_recordset(${storable(issues)}::text::jsonb) AS e(row_number bigint, issues jsonb)
    WHERE r.organization_id = ${organizationId}::uuid AND r.import_id = ${id}::uuid AND r.row_number = e.row_number`
})

/** Finds out whom the tangled rows mean: the table `meanings`. Those that mean nobody in particular are rejected. */
const followTangled = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  rows: number,
  mode: ImportMode
) {
  const codes = yield* codeIdentifiers(sql)
  const people = new SamePeople({ codes, known: yield* countOf(sql, "known_people"), rows, mode })
  yield* eachCoded(sql, "known_people", (some) =>
    Effect.sync(() => {
      for (const each of some) people.know(each.number, each)
    })
  )
  yield* sql`CREATE TEMPORARY TABLE meanings (row_number bigint NOT NULL, person int NOT NULL) ON COMMIT DROP`
  yield* eachCoded(sql, "tangled", (some) =>
    Effect.gen(function* () {
      const numbers: Array<number> = []
      const persons: Array<number> = []
      const refused = new Map<number, Refused>()
      for (const each of some) {
        const meaning = people.follow(each.number, each)
        if (meaning._tag !== "Person") refused.set(each.number, meaning)
        else {
          numbers.push(each.number)
          persons.push(meaning.person)
        }
      }
      yield* sql`INSERT INTO meanings SELECT * FROM unnest(${numbers}::bigint[], ${persons}::int[])`
      if (refused.size > 0) yield* reject(sql, staged, people, refused)
    })
  )
})

/** Puts what the rows of each person say together in the last of them, and makes the earlier ones its duplicates. */
const layOver = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, { columns, id, organizationId }: StagedImport) {
  const given = columnsNamed(columns)
  const those = sql`r.organization_id = ${organizationId}::uuid AND r.import_id = ${id}::uuid`
  const laid = given.map((column) => {
    const aggregate = column.type === "jsonb" ? "overlay_objects" : "latest"
    return `${aggregate}(${sent(column)} ORDER BY r.row_number) AS ${column.name}`
  })
  const set = given.map(({ name }) => `${name} = o.${name}`)
  yield* sql`ANALYZE meanings`
  yield* sql`CREATE TEMPORARY TABLE winners ON COMMIT DROP AS
    SELECT person, max(row_number) AS row_number, count(*) AS rows FROM meanings GROUP BY person`
  yield* sql`ANALYZE winners`
  yield* sql`
    UPDATE import_rows r SET ${sql.literal(set.join(", "))}
    FROM (
      SELECT w.row_number AS winner, ${sql.literal(laid.join(", "))}
      FROM winners w JOIN meanings m ON m.person = w.person JOIN import_rows r ON ${those} AND r.row_number = m.row_number
      WHERE w.rows > 1 GROUP BY w.row_number
    ) AS o
    WHERE ${those} AND r.row_number = o.winner`
  yield* sql`
    UPDATE import_rows r SET winner_line = l.line
    FROM meanings m JOIN winners w ON w.person = m.person AND w.row_number <> m.row_number
    JOIN import_rows l ON l.organization_id = ${organizationId}::uuid AND l.import_id = ${id}::uuid AND l.row_number = w.row_number
    WHERE ${those} AND r.row_number = m.row_number`
})

/** What a winner takes over from a known person. */
const release = (sql: SqlClient.SqlClient, { id, organizationId }: StagedImport, name: Identifier) => {
  const column = identifierColumns[name]
  return sql`
    INSERT INTO import_releases (organization_id, import_id, row_number, identifier)
    SELECT ${organizationId}::uuid, ${id}::uuid, w.row_number, ${name}
    FROM winners w
    JOIN import_rows r ON r.organization_id = ${organizationId}::uuid AND r.import_id = ${id}::uuid AND r.row_number = w.row_number
    JOIN known_people k ON ${sql.literal(`k.${column} = r.${column}`)} AND k.person <> w.person
    ON CONFLICT DO NOTHING`
}

/**
 * Finds out which of the staged rows that are not merged yet are the same person, as if each row were written before the next is read:
 * what they say is put together in the last of them. To be run in a transaction.
 */
export const deduplicateRows = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport) {
  if (staged.columns.length === 0) return
  // Whole tables are joined, before anybody has told the planner how large they are. Compiling takes longer than running.
  yield* sql`SET LOCAL enable_nestloop = off`
  yield* sql`SET LOCAL jit = off`
  yield* sql`SET LOCAL work_mem = '64MB'`
  const rows = yield* collectTangled(sql, staged)
  if (rows === 0) return
  yield* followTangled(sql, staged, rows, staged.mode)
  yield* layOver(sql, staged)
  for (const name of identifiers) yield* release(sql, staged, name)
})
