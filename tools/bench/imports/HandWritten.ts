import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import type { Client } from "pg"
import { from } from "pg-copy-streams"

const rowsOfStatement = 50_000

/** What one would write by hand for exactly this file: a plain table, a COPY of the file as it is. */
export const copyFile = async (client: Client, path: string): Promise<void> => {
  await client.query("DROP TABLE IF EXISTS handwritten")
  await client.query(
    `CREATE TABLE handwritten (
      n int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0), email text, phone text, external_id text, full_name text, total_orders float8, ltv numeric(20, 8),
      aov numeric(20, 8), last_order_at timestamptz(3), loyalty_balance float8, sms_opt_out boolean, last_geo_country text, metadata jsonb)`
  )
  const names =
    "email, phone, external_id, full_name, total_orders, ltv, aov, last_order_at, loyalty_balance, sms_opt_out, last_geo_country, metadata"
  await pipeline(
    createReadStream(path, { highWaterMark: 1 << 18 }),
    client.query(from(`COPY handwritten (${names}) FROM STDIN (FORMAT csv, HEADER)`))
  )
}

const columns =
  `email, email_folded, email_domain_folded, phone, primary_external_id, primary_external_id_folded, full_name, full_name_folded,
  total_orders, ltv, aov, last_order_at, loyalty_balance, sms_opt_out, last_geo_country, last_geo_country_folded, metadata, metadata_folded`
    .split(",")
    .map((name) => name.trim())

/** `lower` is less than our fold, and folds keys, too: a stand-in of about its cost. */
const values = `email, lower(email), lower(split_part(email, '@', 2)), phone, external_id, lower(external_id), full_name, lower(full_name),
  total_orders, ltv, aov, last_order_at, loyalty_balance, sms_opt_out, last_geo_country, lower(last_geo_country), metadata, lower(metadata::text)::jsonb`

/**
 * Merges the copied rows into the tables that an import writes, 50,000 a statement and a transaction: by e-mail address alone, with no
 * report, no history and no change feed. With `onlyNews`, rows that say nothing new are left as they are.
 */
export const mergeCopied = async (
  client: Client,
  {
    audienceId,
    onlyNews,
    organizationId,
    rows
  }: {
    readonly organizationId: string
    readonly audienceId: string
    readonly rows: number
    readonly onlyNews: boolean
  }
): Promise<void> => {
  const set = columns.filter((name) => name !== "email_folded")
  const tuple = (of: string) => `(${set.map((name) => `${of}.${name}`).join(", ")})`
  for (let start = 0; start < rows; start += rowsOfStatement) {
    await client.query("BEGIN")
    await client.query(
      `INSERT INTO consumers AS c (organization_id, id, ordinal, created_at, created_by, status, email_verified, phone_verified, ${columns.join(", ")})
      SELECT $1::uuid, gen_random_uuid(), n, now(), 'hand', 'ACTIVE', false, false, ${values} FROM handwritten WHERE n >= $2 AND n < $3
      ON CONFLICT (organization_id, email_folded) WHERE NOT archived DO UPDATE SET
        ${set.map((name) => `${name} = EXCLUDED.${name}`).join(", ")}, updated_at = now(), updated_by = 'hand'
      ${onlyNews ? `WHERE ${tuple("c")} IS DISTINCT FROM ${tuple("EXCLUDED")}` : ""}`,
      [organizationId, start, start + rowsOfStatement]
    )
    await client.query(
      `INSERT INTO static_members (organization_id, audience_id, ordinal, source, since)
      SELECT $1::uuid, $2::uuid, n, 'hand', now() FROM handwritten WHERE n >= $3 AND n < $4 ON CONFLICT DO NOTHING`,
      [organizationId, audienceId, start, start + rowsOfStatement]
    )
    await client.query("COMMIT")
  }
}
