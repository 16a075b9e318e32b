import { blocksOfOrdinals } from "@audiences/engine/memberships/Block"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { type Publication, publishVersion } from "./Publication.ts"
import { readBlocks } from "./StoredBlocks.ts"

export interface StaticMembersChange extends Publication {
  /** Live consumers of the organization, whose rows the transaction has locked or written. Repeated ones count once. */
  readonly ordinals: ReadonlyArray<number>
}

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))

/** Every one of the ordinals changes sides. */
const publishChange = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  publication: Publication,
  ordinals: ReadonlyArray<number>
) {
  const { organizationId, audienceId } = publication
  const flips = blocksOfOrdinals(ordinals)
  yield* publishVersion(sql, publication, yield* readBlocks(sql, organizationId, audienceId, flips.keys()), flips)
  // Of the consumers themselves, no field changed.
  yield* sql`SELECT record_change(${organizationId}::uuid, ${ordinals}::int[], '{}', ${audienceId}::uuid)`
})

/**
 * Puts consumers into a live STATIC_LIST that the transaction has locked, and returns how many were not in it: rows, bits, one
 * version, count. No change, no version. Ends with the change feed, whose lock it holds until the transaction ends: to be called
 * after every other write but further changes for the feed.
 */
export const addStaticMembers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { ordinals, source, ...publication }: StaticMembersChange & { readonly source: string }
) {
  if (ordinals.length === 0) return 0
  const { organizationId, audienceId, now } = publication
  const rows = yield* sql`
    INSERT INTO static_members (organization_id, audience_id, ordinal, source, since)
    SELECT ${organizationId}::uuid, ${audienceId}::uuid, chosen.ordinal, ${source}, ${DateTime.formatIso(now)}::text::timestamptz
    FROM unnest(${ordinals}::int[]) AS chosen (ordinal)
    ON CONFLICT (organization_id, audience_id, ordinal) DO NOTHING
    RETURNING ordinal`
  const added = (yield* Effect.orDie(decode(rows))).map(({ ordinal }) => ordinal)
  if (added.length > 0) yield* publishChange(sql, publication, added)
  return added.length
})

/** Takes consumers out of a live STATIC_LIST that the transaction has locked, and returns how many were in it; as `addStaticMembers`. */
export const removeStaticMembers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { ordinals, ...publication }: StaticMembersChange
) {
  if (ordinals.length === 0) return 0
  const rows = yield* sql`
    DELETE FROM static_members
    WHERE organization_id = ${publication.organizationId}::uuid AND audience_id = ${publication.audienceId}::uuid
      AND ordinal = ANY(${ordinals}::int[])
    RETURNING ordinal`
  const removed = (yield* Effect.orDie(decode(rows))).map(({ ordinal }) => ordinal)
  if (removed.length > 0) yield* publishChange(sql, publication, removed)
  return removed.length
})
