import { ApiKey } from "@audiences/domain/ApiKey"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { NewApiKey } from "@audiences/engine/apiKeys/NewApiKey"
import { DateTime, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const instant = Schema.NullOr(Schema.DateTimeUtcFromDate)

export const ApiKeyRow = Schema.Struct({
  ...ApiKey.fields,
  createdAt: Schema.DateTimeUtcFromDate,
  lastUsedAt: instant,
  expiresAt: instant,
  revokedAt: instant
})

/** Of `api_keys k JOIN organizations o`. */
export const apiKeyColumns = (sql: SqlClient.SqlClient) =>
  sql.literal(
    "k.id, k.organization_id, o.mode, k.name, k.hint, k.created_at, k.created_by, k.last_used_at, k.expires_at, k.revoked_at, k.revoked_by"
  )

export const insertApiKey = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { hash, hint, id, name }: NewApiKey,
  now: DateTime.Utc,
  createdBy: string
) =>
  sql`
    INSERT INTO api_keys (hash, organization_id, id, name, hint, created_at, created_by)
    VALUES (${hash}::bytea, ${organizationId}::uuid, ${id}::uuid, ${name}, ${hint}, ${DateTime.formatIso(now)}::text::timestamptz, ${createdBy})`
