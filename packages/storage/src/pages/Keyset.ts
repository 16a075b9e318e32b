import type { Position, SortKind } from "@audiences/engine/pages/Cursor"
import type { PageRequest, Slice } from "@audiences/engine/pages/Paging"
import { Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** What a list is sorted by: an expression over its rows, text in collation "C". Nulls come last in both directions. */
export interface SortKey {
  readonly expression: Statement.Fragment
  readonly kind: SortKind
  readonly nullable: boolean
}

export interface KeysetQuery<Row extends Schema.ConstraintDecoder<unknown>> {
  /** Names of result columns must not be `cursor_value` or `cursor_id`. */
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

/** The rows that follow (or precede) a position in the order of the list, with or without the position's own row. */
const beyond = (
  sql: SqlClient.SqlClient,
  { key, id }: Pick<KeysetQuery<never>, "key" | "id">,
  ascending: boolean,
  following: boolean,
  at: Position,
  inclusive = false
): Statement.Fragment => {
  const operator = sql.literal((ascending === following ? ">" : "<") + (inclusive ? "=" : ""))
  if (at.value === null) {
    const amongNulls = sql`(${key.expression} IS NULL AND ${id} ${operator} ${at.id}::uuid)`
    return following ? amongNulls : sql`(${key.expression} IS NOT NULL OR ${amongNulls})`
  }
  // A comparison of rows, unlike its expansion, is a range of an index on both columns.
  const amongValues = sql`(${key.expression}, ${id}) ${operator} (${valueOf(sql, key.kind, at.value)}, ${at.id}::uuid)`
  return following && key.nullable ? sql`(${amongValues} OR ${key.expression} IS NULL)` : amongValues
}

const orderBy = (
  sql: SqlClient.SqlClient,
  { key, id }: Pick<KeysetQuery<never>, "key" | "id">,
  ascending: boolean,
  backwards: boolean
) => {
  const direction = sql.literal(ascending !== backwards ? "ASC" : "DESC")
  // Left out where there are no nulls: an index that says nothing of them would not serve the order.
  const nulls = sql.literal(!key.nullable ? "" : backwards ? "NULLS FIRST" : "NULLS LAST")
  return sql`ORDER BY ${key.expression} ${direction} ${nulls}, ${id} ${direction}`
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
  const travelled = origin === null ? where : sql`${where} AND ${beyond(sql, query, ascending, !backwards, origin)}`
  const found = yield* sql`
    SELECT ${columns}, ${textOf(sql, key)} AS cursor_value, ${id} AS cursor_id
    FROM ${from} WHERE ${travelled} ${orderBy(sql, query, ascending, backwards)} LIMIT ${size + 1}`
  const page = found.slice(0, size)
  if (backwards) page.reverse()
  const data = yield* Schema.decodeUnknownEffect(Schema.Array(query.row))(page)
  const edges = yield* Schema.decodeUnknownEffect(Schema.Array(Edge))(
    page.length === 0 ? [] : [page[0], page[page.length - 1]]
  )

  const more = found.length > size
  const rest =
    origin === null
      ? []
      : yield* sql`
    SELECT 1 FROM ${from} WHERE ${where} AND ${beyond(sql, query, ascending, backwards, origin, true)} LIMIT 1`
  const behind = rest.length > 0
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
