import { earliestInstant, latestInstant } from "@audiences/domain/Instant"
import type { ConsumerFieldName } from "@audiences/domain/ConsumerField"
import type { Bound, Condition, Moment } from "@audiences/engine/rules/Condition"
import { DateTime } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { comparedColumns } from "./ComparedColumns.ts"

type Sql = SqlClient.SqlClient
type Fragment = Statement.Fragment

/**
 * The consumers of whom a condition holds, as a WHERE clause over the columns of `consumers` (without alias). Every leaf is true or
 * false, never NULL, so that NOT turns it round; none can fail, whatever the order in which PostgreSQL asks.
 */
export const whereCondition = (sql: Sql, condition: Condition, now: DateTime.Utc): Fragment => {
  switch (condition._tag) {
    case "Exists":
      return sql`${column(sql, condition.field)} IS NOT NULL`
    case "TextOneOf":
      return present(sql, condition.field, sql`= ANY(${listOf(condition.values)}::text[])`)
    case "TextContains":
      // Not LIKE: it has wildcards.
      return sql`coalesce(strpos(${column(sql, condition.field)}, ${condition.text}::text) > 0, false)`
    case "NumberOneOf":
      return present(sql, condition.field, sql`= ANY(${listOf(condition.values.map(String))}::float8[])`)
    case "NumberWithin":
      return within(sql, column(sql, condition.field), condition, (value) => sql`${String(value)}::float8`)
    case "MoneyOneOf":
      return present(sql, condition.field, sql`= ANY(${listOf(condition.values)}::numeric[])`)
    case "MoneyWithin":
      return within(sql, column(sql, condition.field), condition, (value) => sql`${value}::numeric`)
    case "InstantOneOf":
      return present(sql, condition.field, sql`= ANY(${listOf(condition.values.map(timestamp))}::timestamptz[])`)
    case "InstantWithin":
      return within(
        sql,
        column(sql, condition.field),
        condition,
        (moment) => sql`${timestamp(epochMillisOf(moment, now))}::timestamptz`
      )
    case "BooleanIs":
      return present(sql, condition.field, sql`= ${condition.value}::boolean`)
    case "MetadataExists":
      return sql`coalesce(${metadata(sql, condition.key)} NOT IN ('null', '[]'), false)`
    case "MetadataOneOf": {
      const value = metadata(sql, condition.key)
      const values = sql`ANY(${listOf(condition.values.map((each) => JSON.stringify(each)))}::jsonb[])`
      // Equality with a constant list is hashed; containment (`@>`) would look at one value of it after the other.
      const elements = sql`jsonb_array_elements(CASE WHEN ${typeIs(sql, value, "array")} THEN ${value} ELSE '[]' END)`
      return sql`(coalesce(${value} = ${values}, false) OR EXISTS (SELECT FROM ${elements} AS e (element) WHERE element = ${values}))`
    }
    case "MetadataContains": {
      const value = metadata(sql, condition.key)
      const element = sql`(${typeIs(sql, value, "array")} AND ${value} @> ${JSON.stringify(condition.value)}::jsonb)`
      if (typeof condition.value !== "string") return sql`coalesce(${element}, false)`
      const text = sql`(metadata_folded ->> ${condition.key}::text) COLLATE "C"`
      return sql`coalesce((${typeIs(sql, value, "string")} AND strpos(${text}, ${condition.value}::text) > 0) OR ${element}, false)`
    }
    case "MetadataWithin": {
      // Metadata is written by JavaScript: its numbers are the shortest decimals of doubles, which are in the order of the doubles.
      const value = metadata(sql, condition.key)
      return sql`coalesce(${typeIs(sql, value, "number")} AND ${within(sql, value, condition, (bound) => sql`${JSON.stringify(bound)}::jsonb`)}, false)`
    }
    case "Not":
      return sql`NOT ${whereCondition(sql, condition.condition, now)}`
    case "All":
      return condition.conditions.length === 0
        ? sql`true`
        : sql.and(condition.conditions.map((each) => whereCondition(sql, each, now)))
    case "Any":
      return condition.conditions.length === 0
        ? sql`false`
        : sql.or(condition.conditions.map((each) => whereCondition(sql, each, now)))
  }
}

const column = (sql: Sql, field: ConsumerFieldName): Fragment => sql.literal(comparedColumns[field])

/** Written so that an index on the column still serves it. */
const present = (sql: Sql, field: ConsumerFieldName, holds: Fragment): Fragment =>
  sql`(${column(sql, field)} IS NOT NULL AND ${column(sql, field)} ${holds})`

const within = <Value>(
  sql: Sql,
  expression: Fragment,
  { low, high }: { readonly low?: Bound<Value>; readonly high?: Bound<Value> },
  parameter: (value: Value) => Fragment
): Fragment =>
  sql.and([
    sql`${expression} IS NOT NULL`,
    ...(low === undefined
      ? []
      : [sql`${expression} ${sql.literal(low.inclusive ? ">=" : ">")} ${parameter(low.value)}`]),
    ...(high === undefined
      ? []
      : [sql`${expression} ${sql.literal(high.inclusive ? "<=" : "<")} ${parameter(high.value)}`])
  ])

/**
 * A list in PostgreSQL's own notation. As a text it takes the type it is cast to; as an array it would be one of texts, cast again for
 * each row.
 */
const listOf = (values: ReadonlyArray<string>): string =>
  `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`

const metadata = (sql: Sql, key: string): Fragment => sql`(metadata_folded -> ${key}::text)`

const typeIs = (sql: Sql, value: Fragment, type: "array" | "number" | "string"): Fragment =>
  sql`jsonb_typeof(${value}) = ${sql.literal(`'${type}'`)}`

const epochMillisOf = (moment: Moment, now: DateTime.Utc): number =>
  moment._tag === "At" ? moment.epochMillis : DateTime.toEpochMillis(now) + moment.offsetMillis

/** Beyond the years that instants are kept of, PostgreSQL's own notation ends, and every value is on the same side. */
export const timestamp = (epochMillis: number): string =>
  epochMillis < earliestInstant
    ? "-infinity"
    : epochMillis > latestInstant
      ? "infinity"
      : DateTime.formatIso(DateTime.makeUnsafe(epochMillis))
