import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Block } from "@audiences/engine/memberships/Block"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ block: Schema.Finite, bits: Schema.Uint8Array }))
)

/** The blocks of an audience that have members: all, or those of the numbers. */
export const readBlocks = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceId: AudienceId,
  numbers: Iterable<number> | "all"
) {
  const rows = yield* sql`
    SELECT block, bits FROM audience_blocks
    WHERE organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid
      AND ${numbers === "all" ? sql`true` : sql`block = ANY(${[...numbers]}::int[])`}`
  return new Map<number, Block>((yield* Effect.orDie(decode(rows))).map(({ block, bits }) => [block, bits]))
})
