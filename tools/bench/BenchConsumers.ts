import { foldConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import type { ConsumerMetadata } from "@audiences/domain/Scalar"
import { OrganizationId } from "@audiences/domain/Organization"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { consumer } from "./data/gen-consumers.mjs"

const batch = 10_000
const columns = {
  ordinal: "int",
  email: "text",
  email_folded: "text",
  email_domain_folded: "text",
  phone: "text",
  primary_external_id: "text",
  primary_external_id_folded: "text",
  full_name: "text",
  full_name_folded: "text",
  total_orders: "float8",
  ltv: "numeric",
  aov: "numeric",
  last_order_at: "timestamptz",
  loyalty_balance: "float8",
  sms_opt_out: "boolean",
  last_geo_country: "text",
  last_geo_country_folded: "text",
  metadata: "jsonb",
  metadata_folded: "jsonb"
} as const

const rowOf = (i: number): ReadonlyArray<unknown> => {
  const generated = consumer(i)
  const orNull = (text: string) => (text === "" ? null : text)
  const metadata = generated.metadata as ConsumerMetadata
  const folded = foldConsumer({
    email: generated.email,
    primaryExternalId: generated.externalId,
    fullName: generated.fullName,
    lastGeoCountry: orNull(generated.lastGeoCountry),
    metadata
  })
  return [
    i,
    generated.email,
    folded.emailFolded,
    folded.emailDomainFolded,
    orNull(generated.phone),
    generated.externalId,
    folded.primaryExternalIdFolded,
    generated.fullName,
    folded.fullNameFolded,
    generated.totalOrders,
    generated.ltv,
    generated.aov,
    orNull(generated.lastOrderAt),
    generated.loyaltyBalance,
    generated.smsOptOut,
    orNull(generated.lastGeoCountry),
    folded.lastGeoCountryFolded,
    JSON.stringify(metadata),
    JSON.stringify(folded.metadataFolded)
  ]
}

/** A new organization with so many generated consumers, the i-th with the ordinal i. */
export const insertBenchConsumers = Effect.fnUntraced(function* (rows: number) {
  const sql = yield* SqlClient.SqlClient
  const id = OrganizationId.make("00000000-0000-7000-8000-000000000b01")
  yield* sql`
    INSERT INTO organizations (id, name, mode, upload_secret, created_at) VALUES (${id}::uuid, 'Bench', 'live', '\\x00', now())`
  const names = Object.keys(columns)
  const parameters = Object.values(columns).map((type, i) => `$${i + 2}::text[]::${type}[]`)
  for (let first = 0; first < rows; first += batch) {
    const generated = Array.from({ length: Math.min(batch, rows - first) }, (_, i) => rowOf(first + i))
    const lists = names.map((_, column) => generated.map((row) => (row[column] === null ? null : String(row[column]))))
    yield* sql.unsafe(
      `INSERT INTO consumers (organization_id, id, email_verified, phone_verified, status, created_at, created_by, ${names.join(", ")})
       SELECT $1::uuid, consumer_id(1700000000000 + ordinal / 1000, ordinal % 1000), false, false, 'ACTIVE', now(), 'system', ${names.join(", ")}
       FROM unnest(${parameters.join(", ")}) AS r (${names.join(", ")})`,
      [id, ...lists]
    )
  }
  yield* sql`INSERT INTO consumer_counters (organization_id, next_ordinal) VALUES (${id}::uuid, ${rows}::int)`
  yield* sql`SELECT record_change(${id}::uuid, ARRAY[0], NULL, NULL)`
  yield* sql`VACUUM ANALYZE consumers`
  return id
})
