import { fold } from "@audiences/domain/Fold"
import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { problemIssue } from "@audiences/domain/ValidationError"
import { identifiers } from "@audiences/engine/consumers/Identity"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { ConsumerRow } from "../../consumers/ConsumerRow.ts"
import { identifierColumns } from "../IdentifierColumns.ts"
import { storable } from "../reports/ImportErrors.ts"
import type { StagedImport } from "../ImportKey.ts"
import { inRange, type Range } from "../merging/ImportMatches.ts"
import { forgetRejectedRows } from "./RejectedRowErasure.ts"

const erasedMeanwhile = problemIssue(undefined, {
  path: [],
  type: "erased",
  expected: "a row of somebody who was not erased since the import was opened",
  message: "The person of this row was erased after the import was opened: only an import opened later may bring it in"
})

/** SQL for what is kept of an identifier: it does not say it, nor that it is that of another import. Null of null. */
const digest = (importId: string, kind: string, value: string): string =>
  `sha256(convert_to(${importId}::text || ' ' || ${kind} || ' ' || ${value}, 'UTF8'))`

const decodeCounts = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ count: Schema.Finite })]))

/**
 * Remembers, for the imports of the organization that are open, that a person is erased: their files may name the person. Identifiers
 * that somebody else has by now are not the person's any more.
 */
export const rememberErasure = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { email, ordinal, phone, primaryExternalId }: ConsumerRow
) {
  const texts = { email, phone, externalId: primaryExternalId }
  // Lower case beside the fold: by it the cells of rows that were rejected are looked for.
  const names = identifiers.flatMap((kind) => {
    const text = texts[kind]
    return text === null
      ? []
      : [...new Set([kind === "phone" ? text : fold(text), text.toLowerCase()])].map((value) => ({
          kind,
          value,
          folded: fold(text),
          ordinal
        }))
  })
  if (names.length === 0) return
  const isTaken = identifiers.map(
    (kind) => `(n.kind = '${kind}' AND EXISTS (
      SELECT 1 FROM consumers c WHERE c.organization_id = i.organization_id AND NOT c.archived AND c.ordinal <> n.ordinal
        AND c.${identifierColumns[kind]} = n.folded))`
  )
  yield* sql`
    INSERT INTO import_erasures (organization_id, import_id, digest)
    SELECT i.organization_id, i.id, ${sql.literal(digest("i.id", "n.kind", "n.value"))}
    FROM imports i, jsonb_to_recordset(${storable(names)}::text::jsonb) AS n(kind text, value text, folded text, ordinal int)
    WHERE i.organization_id = ${organizationId}::uuid AND i.closed_at IS NULL AND NOT (${sql.literal(isTaken.join(" OR "))})
    ON CONFLICT DO NOTHING`
})

/** How many digests an import has to look out for. They only become more, until it is closed. */
export const countErasures = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { id, organizationId }: { readonly organizationId: OrganizationId; readonly id: ImportId }
) {
  const [{ count }] = yield* Effect.orDie(
    decodeCounts(
      yield* sql`
        SELECT count(*)::int AS count FROM import_erasures
        WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid`
    )
  )
  return count
})

/** Rejects the rows of a range that mean a person who was erased since the import was opened. Returns how many digests there were. */
export const rejectErased = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) {
  const count = yield* countErasures(sql, staged)
  if (count === 0) return count
  const said = identifiers.map((kind) => digest("r.import_id", `'${kind}'`, `r.${identifierColumns[kind]}`))
  yield* sql`
    UPDATE import_rows r SET issues = ${storable([erasedMeanwhile])}::text::jsonb
    WHERE ${inRange(sql, staged, range)} AND r.issues IS NULL AND r.winner_line IS NULL AND EXISTS (
      SELECT 1 FROM import_erasures e WHERE e.organization_id = r.organization_id AND e.import_id = r.import_id
        AND e.digest IN (${sql.literal(said.join(", "))}))`
  return count
})

/** Forgets the rejected rows of those who were erased since the import was opened, and then the digests; its file is gone. */
export const forgetErased = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: ImportId
) {
  const those = sql`organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid`
  if ((yield* countErasures(sql, { organizationId, id })) === 0) return
  const has = (kind: string) =>
    `EXISTS (SELECT 1 FROM import_erasures e WHERE e.organization_id = i.organization_id AND e.import_id = i.id AND e.digest = ${digest("i.id", `'${kind}'`, "said")})`
  yield* forgetRejectedRows(sql, sql`i.organization_id = ${organizationId}::uuid AND i.id = ${id}::uuid`, {
    anywhere: sql.literal(`${has("email")} OR ${has("phone")}`),
    asExternalId: sql.literal(has("externalId"))
  })
  yield* sql`DELETE FROM import_erasures WHERE ${those}`
})
