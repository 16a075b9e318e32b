import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { SyncSourceRow } from "../syncs/SyncSourceRow.ts"
import { consumerColumns, consumerOf, ConsumerRow } from "./ConsumerRow.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(ConsumerRow))
const decodeSources = Schema.decodeUnknownEffect(Schema.Array(SyncSourceRow))

/** Consumers with the sync sources that they come from. */
export const fullConsumers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  rows: ReadonlyArray<ConsumerRow>
) {
  const ids = [...new Set(rows.flatMap((row) => row.primarySyncSourceId ?? []))]
  const found =
    ids.length === 0
      ? []
      : yield* sql`
    SELECT * FROM sync_sources WHERE organization_id = ${organizationId}::uuid AND id = ANY(${ids}::uuid[])`
  const sources = new Map((yield* decodeSources(found)).map((source) => [source.id as string, source]))
  return rows.map((row): ConsumerFull => ({
    ...consumerOf(row),
    primarySyncSource: row.primarySyncSourceId === null ? null : (sources.get(row.primarySyncSourceId) ?? null)
  }))
}, Effect.orDie)

/** The consumers of the ordinals, in rising order of ordinals and so of ids; ordinals that nobody has are left out. */
export const consumersByOrdinals = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  ordinals: ReadonlyArray<number>
) {
  const rows = yield* sql`
    SELECT ${consumerColumns(sql)} FROM consumers c
    WHERE c.organization_id = ${organizationId}::uuid AND c.ordinal = ANY(${ordinals}::int[]) ORDER BY c.ordinal`
  return yield* fullConsumers(sql, organizationId, yield* decodeRows(rows))
}, Effect.orDie)
