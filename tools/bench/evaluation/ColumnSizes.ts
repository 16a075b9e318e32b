import { columnName, columnsOf } from "@audiences/engine/columns/Column"
import { Columns } from "@audiences/storage/columns/Columns"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { rounded, type Row } from "../Benchmark.ts"
import { columnOptions, conditionOf, type Subject } from "./Subject.ts"

/** Every field that is generated. */
const fields = [
  "email",
  "phone",
  "primaryExternalId",
  "fullName",
  "lastGeoCountry",
  "totalOrders",
  "loyaltyBalance",
  "ltv",
  "aov",
  "lastOrderAt",
  "smsOptOut",
  ...["country", "tier", "acceptsMarketing", "channel", "lang", "shoeSize", "tags"].map((key) => `metadata.${key}`)
]

const scalarBytes = 13
const textBytes = 8

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Record(Schema.String, Schema.Finite)]))

/** Bytes of the folded texts, for each consumer. */
const textLengths = ({ organizationId }: Subject) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql`
      SELECT avg(coalesce(octet_length(email_folded), 0))::float8 AS email, avg(coalesce(octet_length(phone), 0))::float8 AS phone,
        avg(coalesce(octet_length(primary_external_id_folded), 0))::float8 AS primary_external_id,
        avg(coalesce(octet_length(full_name_folded), 0))::float8 AS full_name,
        avg(coalesce(octet_length(last_geo_country_folded), 0))::float8 AS last_geo_country
      FROM consumers WHERE organization_id = ${organizationId}::uuid`
    return (yield* decode(rows))[0]
  })

/** The memory that columns take, by field. */
export const columnSizes = async (subject: Subject): Promise<ReadonlyArray<Row>> => {
  const lengths: Readonly<Record<string, number>> = await subject.run(textLengths(subject))
  const columns = new Columns({ url: subject.url, ...columnOptions })
  const rows: Array<Row> = []
  for (const field of fields) {
    const exists = { groupId: "00000000-0000-7000-8000-000000000001", field, operator: "EXISTS", values: [] }
    const condition = conditionOf([exists])
    await columns.evaluate(subject.organizationId, condition, 0)
    const memory = columns.memory(subject.organizationId)
    const own = columnsOf(condition)
      .map(columnName)
      .filter((name) => name !== "live")
    const each = own.reduce((sum, name) => sum + (memory.get(name) ?? 0), 0) / subject.rows
    const length = lengths[field]
    const most = length === undefined ? scalarBytes : length + textBytes
    const isList = field === "metadata.tags"
    rows.push({
      work: `column memory per consumer: ${field}`,
      figure: `${rounded(each)} bytes`,
      reference: length === undefined ? "" : `${rounded(length)} bytes of text`,
      ratio: null,
      reach: isList ? "" : `≤ ${rounded(most)} bytes`,
      met: isList ? null : each <= most
    })
  }
  await columns.close()
  return rows
}
