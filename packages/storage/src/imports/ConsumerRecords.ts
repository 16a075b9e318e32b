import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import { foldConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import { String } from "effect"

/** How a column's value travels, and what stands in its place when nothing is known. */
interface Column {
  readonly type: "text" | "boolean" | "float8" | "int2" | "numeric" | "timestamptz" | "jsonb"
  readonly blank: string
}

const text: Column = { type: "text", blank: "NULL" }
const truth: Column = { type: "boolean", blank: "false" }
const count: Column = { type: "float8", blank: "0" }
const rank: Column = { type: "int2", blank: "0" }
const amount: Column = { type: "numeric", blank: "0" }
const instant: Column = { type: "timestamptz", blank: "NULL" }
const json: Column = { type: "jsonb", blank: "NULL" }

/** The columns that an import can fill, without the folded ones. */
const columns: Readonly<Record<string, Column>> = {
  email: text, phone: text, full_name: text, primary_external_id: text,
  last_geo_city: text, last_geo_country: text, last_geo_postal_code: text, last_geo_region: text, last_geo_source: text, last_geo_timezone: text,
  last_geo_latitude: { type: "float8", blank: "NULL" }, last_geo_longitude: { type: "float8", blank: "NULL" },
  status: { type: "text", blank: "'ACTIVE'" }, email_verified: truth, phone_verified: truth, sms_opt_out: truth,
  activity_score: count, engaged_count: count, loyalty_balance: count, loyalty_lifetime_points: count, monetary_score: count,
  purchase_frequency_score: count, total_engagements: count, total_messages: count, total_orders: count, total_returns: count,
  activity_rank: rank, monetary_rank: rank, purchase_frequency_rank: rank, aov: amount, ltv: amount,
  activity_score_updated_at: instant, last_engaged_at: instant, last_geo_at: instant, last_login_at: instant, last_order_at: instant,
  last_return_at: instant, loyalty_last_activity_at: instant, monetary_score_updated_at: instant, purchase_frequency_score_updated_at: instant,
  metadata: json
}

const foldedColumns: Readonly<Record<string, Column>> = {
  email_folded: text, email_domain_folded: text, full_name_folded: text, primary_external_id_folded: text, last_geo_city_folded: text,
  last_geo_country_folded: text, last_geo_postal_code_folded: text, last_geo_region_folded: text, last_geo_source_folded: text,
  last_geo_timezone_folded: text, metadata_folded: json
}

/** Columns without a default. */
const required = new Set(["status", "email_verified", "phone_verified"])

/** Some patches as records that SQL can take apart, each with the columns that any of them fills. */
export interface ConsumerRecords {
  readonly json: string
  /** Which of the columns are given at all. */
  readonly names: ReadonlyArray<string>
}

const record = ({ lastGeoCoordinates, ...patch }: ConsumerPatch): Record<string, unknown> => {
  const columns: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(patch)) columns[String.camelToSnake(name)] = value
  for (const [name, value] of Object.entries(foldConsumer(patch))) if (value !== null) columns[String.camelToSnake(name)] = value
  if (lastGeoCoordinates) {
    columns.last_geo_latitude = lastGeoCoordinates.latitude
    columns.last_geo_longitude = lastGeoCoordinates.longitude
  }
  return columns
}

/** `extra` gives each record what is not of the patch: the id of whom it is merged into, or the place among the new ones. */
export const consumerRecords = (
  patches: ReadonlyArray<ConsumerPatch>,
  extra: (index: number) => Record<string, unknown>
): ConsumerRecords => {
  const names = new Set<string>()
  const records = patches.map((patch, index) => {
    const columns = record(patch)
    for (const name in columns) names.add(name)
    return { ...columns, ...extra(index) }
  })
  return { json: JSON.stringify(records), names: [...names] }
}

const columnOf = (name: string): Column => columns[name] ?? foldedColumns[name]!

/** The column definition list of a recordset. */
export const definitions = (names: ReadonlyArray<string>): string => names.map((name) => `${name} ${columnOf(name).type}`).join(", ")

/** The value of a column after the merge of record `r` into consumer `c`: what is not given stays; metadata is added to. */
const merged = (name: string): string =>
  columnOf(name).type === "jsonb"
    ? `coalesce(coalesce(c.${name}, '{}') || r.${name}, c.${name})`
    : `coalesce(r.${name}, c.${name})`

export const assignments = (names: ReadonlyArray<string>): string => names.map((name) => `${name} = ${merged(name)}`).join(", ")

/** True of a record that says something new. Folded columns follow from the others. */
export const differs = (names: ReadonlyArray<string>): string =>
  names.filter((name) => name in columns).map((name) => `c.${name} IS DISTINCT FROM ${merged(name)}`).join(" OR ")

/** The columns of a new consumer that have no default, or are given. */
export const insertedNames = (names: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set([...names, ...required])]

export const insertedValues = (names: ReadonlyArray<string>): string =>
  insertedNames(names).map((name) => names.includes(name) ? `coalesce(r.${name}, ${columnOf(name).blank})` : columnOf(name).blank).join(", ")

/** The fields of the contract that given columns may change. */
export const fieldsOf = (names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const fields = new Set(["updatedAt", "updatedBy"])
  for (const name of names) {
    if (!(name in columns)) continue
    fields.add(name.startsWith("last_geo_l") ? "lastGeoCoordinates" : String.snakeToCamel(name))
    if (name === "email") fields.add("emailDomain")
  }
  return [...fields].sort()
}
