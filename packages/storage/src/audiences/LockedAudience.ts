import { AudienceNotFound, AudienceType } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ type: AudienceType, archived: Schema.Boolean })))

/**
 * Locks an audience until the transaction ends: what any change of its rules or membership begins with. Rows that only refer to the
 * audience can still be written meanwhile.
 */
export const lockAudience = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  id: AudienceId
) {
  const rows = yield* sql`
    SELECT type, archived FROM audiences
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`
  const [audience] = yield* Effect.orDie(decode(rows))
  return audience ?? (yield* new AudienceNotFound())
})
