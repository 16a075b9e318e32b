import { type Identifier, identifiers } from "@audiences/engine/consumers/Identity"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { assignments, columnsNamed, insertedNames, insertedValues, isNews } from "../ConsumerColumns.ts"
import { identifierColumns } from "../IdentifierColumns.ts"
import type { StagedImport } from "../ImportKey.ts"
import { inRange, type Range } from "./ImportMatches.ts"

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeFirst = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ first: Schema.Finite })]))

const ordinalsOf = (rows: ReadonlyArray<unknown>) =>
  Effect.map(Effect.orDie(decodeOrdinals(rows)), (all) => all.map(({ ordinal }) => ordinal))

/** SQL for an object of what consumer `c` has in columns, by their names. */
const before = (names: ReadonlyArray<string>): string =>
  `jsonb_build_object(${names.map((name) => `'${name}', c.${name}`).join(", ")})`

/** When consumer `c` was last written. */
const foundAt = "coalesce(c.updated_at, c.created_at)"

/** What was logged of a consumer first is how it was before the import. */
const loggedOnce = `
  ON CONFLICT (organization_id, import_id, ordinal) DO UPDATE
  SET before = EXCLUDED.before || import_changes.before, written_at = EXCLUDED.written_at,
    found_at = CASE WHEN import_changes.written_at = EXCLUDED.found_at THEN import_changes.found_at END`

const releasedColumns: { readonly [Name in Identifier]: ReadonlyArray<string> } = {
  email: ["email", "email_folded", "email_domain_folded"],
  phone: ["phone"],
  externalId: ["primary_external_id", "primary_external_id_folded"]
}

/** Lets go of identifiers that rows of the range take over. Returns the ordinals of those who had them. */
export const releaseIdentifiers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  range: Range,
  now: DateTime.Utc
) {
  const { id, organizationId } = staged
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const ordinals: Array<number> = []
  for (const name of identifiers) {
    const column = identifierColumns[name]
    const columns = releasedColumns[name]
    const having = sql`
      FROM import_releases l JOIN import_rows r ON ${inRange(sql, staged, range)} AND r.row_number = l.row_number
      JOIN import_matches m ON m.row_number = r.row_number
      JOIN consumers c ON c.organization_id = ${organizationId}::uuid AND NOT c.archived AND ${sql.literal(`c.${column} = r.${column}`)}
      WHERE l.organization_id = ${organizationId}::uuid AND l.import_id = ${id}::uuid AND l.identifier = ${name}
        AND m.fault IS NULL AND c.ordinal IS DISTINCT FROM m.self`
    const logged = yield* sql`
      INSERT INTO import_changes (organization_id, import_id, ordinal, before, found_at, written_at)
      SELECT c.organization_id, ${id}::uuid, c.ordinal, ${sql.literal(`${before(columns)}, ${foundAt}`)}, ${at} ${having}
      ${sql.literal(loggedOnce)} RETURNING ordinal`
    const released = yield* ordinalsOf(logged)
    yield* sql`
      UPDATE consumers SET ${sql.literal(columns.map((each) => `${each} = NULL`).join(", "))}, updated_at = ${at}, updated_by = ${`import:${id}`}
      WHERE organization_id = ${organizationId}::uuid AND ordinal = ANY(${released}::int[])`
    ordinals.push(...released)
  }
  return ordinals
})

/** Merges what is said into whom it is said of. Returns the ordinals of those whom it was news of. */
export const updatePeople = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  range: Range,
  now: DateTime.Utc
) {
  const { id, organizationId } = staged
  const given = columnsNamed(staged.columns)
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const told = sql`
    FROM import_matches m JOIN import_rows r ON ${inRange(sql, staged, range)} AND r.row_number = m.row_number
    JOIN consumers c ON c.organization_id = ${organizationId}::uuid AND c.ordinal = m.self
    WHERE m.fault IS NULL AND m.news AND (${sql.literal(isNews(given))})`
  const logged = yield* sql`
    INSERT INTO import_changes (organization_id, import_id, ordinal, before, found_at, written_at)
    SELECT c.organization_id, ${id}::uuid, c.ordinal, ${sql.literal(`${before(given.map(({ name }) => name))}, ${foundAt}`)}, ${at} ${told}
    ${sql.literal(loggedOnce)} RETURNING ordinal`
  const updated = yield* ordinalsOf(logged)
  if (updated.length === 0) return updated
  yield* sql`
    UPDATE consumers c SET ${sql.literal(assignments(given))}, updated_at = ${at}, updated_by = ${`import:${id}`}
    FROM import_matches m JOIN import_rows r ON ${inRange(sql, staged, range)} AND r.row_number = m.row_number
    WHERE c.organization_id = ${organizationId}::uuid AND c.ordinal = m.self AND m.fault IS NULL AND m.news AND (${sql.literal(isNews(given))})`
  return updated
})

/** Writes those whom nobody knows yet. Returns their ordinals. */
export const insertPeople = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  staged: StagedImport,
  range: Range,
  count: number,
  now: DateTime.Utc
) {
  const { id, organizationId } = staged
  const given = columnsNamed(staged.columns)
  const at = sql`${DateTime.formatIso(now)}::text::timestamptz`
  const rows = yield* sql`
    WITH inserted AS (
      INSERT INTO consumers (organization_id, id, ordinal, created_at, created_by, ${sql.literal(insertedNames(given))})
      SELECT ${organizationId}::uuid, consumer_id(a.id_millis, r.place), a.first_ordinal + r.place, ${at}, ${`import:${id}`},
        ${sql.literal(insertedValues(given))}
      FROM allot_consumers(${organizationId}::uuid, ${count}::int) a, (
        SELECT r.*, (row_number() OVER (ORDER BY r.row_number) - 1)::int AS place
        FROM import_matches m JOIN import_rows r ON ${inRange(sql, staged, range)} AND r.row_number = m.row_number
        WHERE m.fault IS NULL AND m.self IS NULL
      ) r
      RETURNING ordinal
    ), logged AS (
      INSERT INTO import_changes (organization_id, import_id, ordinal, written_at)
      SELECT ${organizationId}::uuid, ${id}::uuid, ordinal, ${at} FROM inserted
    )
    SELECT min(ordinal)::float8 AS first FROM inserted`
  const [{ first }] = yield* Effect.orDie(decodeFirst(rows))
  return Array.from({ length: count }, (_, i) => first + i)
})
