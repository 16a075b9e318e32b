import type { Position, SortKind } from "@audiences/engine/pages/Cursor"
import type { PageRequest, Slice } from "@audiences/engine/pages/Paging"
import { Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** What a list is sorted by: an expression over its rows, text in collation "C". Nulls come last in both directions. */
export interface SortKey {
  readonly expression: Statement.Fragment
  readonly kind: SortKind
  readonly nullable: boolean
  /** Rows without a value have an index of their own, on the id alone; the others have one on the value alone. */
  readonly unique?: true
}

/** A part of a list, which is a range of an index, and the order of that index. */
interface Part {
  readonly range: Statement.Fragment
  readonly order: ReadonlyArray<Statement.Fragment>
}

export interface KeysetQuery<Row extends Schema.ConstraintDecoder<unknown>> {
  /** Names of result columns must not be `cursor_value`, `cursor_id` or `cursor_key`. */
  readonly columns: Statement.Fragment
  readonly from: Statement.Fragment
  /** Which rows are in the list. */
  readonly where: Statement.Fragment
  readonly key: SortKey
  /** The column that makes the order total: a uuid. */
  readonly id: Statement.Fragment
  readonly row: Row
}

const Edge = Schema.Struct({ cursorValue: Schema.NullOr(Schema.String), cursorId: Schema.String })
const lowestId = "00000000-0000-0000-0000-000000000000"
const highestId = "ffffffff-ffff-ffff-ffff-ffffffffffff"

/** The value as text that reads back as exactly the same value. */
const textOf = (sql: SqlClient.SqlClient, { expression, kind }: SortKey) =>
  kind === "instant"
    ? sql`to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : sql`(${expression})::text`

const valueOf = (sql: SqlClient.SqlClient, kind: SortKind, text: string) => {
  switch (kind) {
    case "text":
      return sql`${text}::text COLLATE "C"`
    case "instant":
      return sql`${text}::text::timestamptz`
    case "money":
      return sql`${text}::text::numeric`
    case "number":
      return sql`${text}::text::float8`
  }
}

/**
 * The parts of a list, each a range of an index on sort key and id, in the order of the list: rows with a value, then those without.
 * A part that lies wholly on the other side of the position is left out.
 */
const parts = (
  sql: SqlClient.SqlClient,
  { key, id }: Pick<KeysetQuery<never>, "key" | "id">,
  ascending: boolean,
  following: boolean,
  at: Position | null,
  inclusive = false
): ReadonlyArray<Part> => {
  const operator = sql.literal((ascending === following ? ">" : "<") + (inclusive ? "=" : ""))
  const part = (range: Statement.Fragment): Part => ({ range, order: [key.expression, id] })
  const nullPart = (range: Statement.Fragment): Part => ({
    range: sql`${key.expression} IS NULL AND ${range}`,
    order: key.unique ? [id] : [key.expression, id]
  })
  const values = part(sql`${key.expression} IS NOT NULL`)
  const nulls = nullPart(sql`true`)
  if (at === null) return key.nullable ? [values, nulls] : [part(sql`true`)]
  if (at.value === null) {
    const beyond = nullPart(sql`${id} ${operator} ${at.id}::uuid`)
    return following ? [beyond] : [values, beyond]
  }
  // A comparison of rows, unlike its expansion, is a range of an index on both columns.
  const beyond = part(sql`(${key.expression}, ${id}) ${operator} (${valueOf(sql, key.kind, at.value)}, ${at.id}::uuid)`)
  return following && key.nullable ? [beyond, nulls] : [beyond]
}

/** Reads one page of a list: one row more than asked for tells whether a row follows in the direction of travel. */
export const readSlice = Effect.fnUntraced(function* <
  Row extends Schema.ConstraintDecoder<unknown>,
  Sort extends string
>(sql: SqlClient.SqlClient, query: KeysetQuery<Row>, request: PageRequest<Sort>) {
  const { columns, from, where, key, id } = query
  const { backwards, size } = request
  const ascending = request.sortDir === "asc"
  const origin = request.from
  const direction = sql.literal(ascending !== backwards ? "ASC" : "DESC")
  const limit = sql`LIMIT ${size + 1}`
  const ranges = parts(sql, query, ascending, !backwards, origin).map(
    ({ order, range }) => sql`
      (SELECT ${columns}, ${textOf(sql, key)} AS cursor_value, ${id} AS cursor_id, ${key.expression} AS cursor_key
      FROM ${from} WHERE ${where} AND ${range} ORDER BY ${sql.csv(order.map((each) => sql`${each} ${direction}`))} ${limit})`
  )
  const together = ranges.slice(1).reduce((all, range) => sql`${all} UNION ALL ${range}`, ranges[0]!)
  const found = yield* ranges.length === 1
    ? together
    : sql`
      SELECT * FROM (${together}) AS page
      ORDER BY cursor_key ${direction} NULLS ${sql.literal(backwards ? "FIRST" : "LAST")}, cursor_id ${direction} ${limit}`
  const page = found.slice(0, size)
  if (backwards) page.reverse()
  const data = yield* Schema.decodeUnknownEffect(Schema.Array(query.row))(page)
  const edges = yield* Schema.decodeUnknownEffect(Schema.Array(Edge))(
    page.length === 0 ? [] : [page[0], page[page.length - 1]]
  )

  const more = found.length > size
  const behind =
    origin !== null &&
    (yield* Effect.forEach(parts(sql, query, ascending, backwards, origin, true), ({ range }) =>
      Effect.map(sql`SELECT 1 FROM ${from} WHERE ${where} AND ${range} LIMIT 1`, (rows) => rows.length > 0)
    )).includes(true)
  const positions = edges.map(({ cursorValue, cursorId }): Position => ({ value: cursorValue, id: cursorId }))
  // Nothing lies beyond where the travel began: the way back starts between its value's last id and the next value.
  const turned = origin === null ? null : { value: origin.value, id: ascending !== backwards ? highestId : lowestId }
  const [start = turned, end = turned] = positions
  const slice: Slice<Row["Type"]> = {
    data,
    start: (backwards ? more : behind) ? start : null,
    end: (backwards ? behind : more) ? end : null
  }
  return slice
}, Effect.orDie)
