import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RejectedRow } from "@audiences/engine/imports/rows/ConsumerCsv"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

/** In JSON, the escapes of U+0000 and of lone surrogates, which PostgreSQL does not take; what is refused for them is echoed. */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi

/** As JSON that PostgreSQL takes, with U+FFFD for what it does not. */
export const storable = (value: unknown): string => JSON.stringify(value).replace(unstorable, "$1\\ufffd")

/** Keeps why rows were rejected. What is known of a line already is added to. */
export const storeErrors = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  importId: ImportId,
  rejected: ReadonlyArray<RejectedRow>
) =>
  rejected.length === 0
    ? Effect.void
    : Effect.asVoid(sql`
    INSERT INTO import_errors (organization_id, import_id, row, issues)
    SELECT ${organizationId}::uuid, ${importId}::uuid, e.line, e.issues
    FROM jsonb_to_recordset(${storable(rejected)}::text::jsonb) AS e(line bigint, issues jsonb)
    ON CONFLICT (organization_id, import_id, row) DO UPDATE SET issues = import_errors.issues || EXCLUDED.issues`)
