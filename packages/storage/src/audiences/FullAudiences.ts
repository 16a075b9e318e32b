import type { Audience, AudienceFull } from "@audiences/domain/Audience"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Array, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { importColumns, audienceImportOfRow, ImportRow } from "../imports/ImportRow.ts"
import { readRules } from "../rules/RuleRow.ts"
import { SyncSourceRow } from "../syncs/SyncSourceRow.ts"

/** How many of an audience's imports travel with it: the latest. */
const importLimit = 20

const decodeImports = Schema.decodeUnknownEffect(Schema.Array(ImportRow))
const decodeSources = Schema.decodeUnknownEffect(Schema.Array(SyncSourceRow))

/** Newest first. */
const latestImports = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audienceIds: ReadonlyArray<string>
) {
  const rows = yield* sql`
    SELECT ${importColumns(sql)} FROM unnest(${audienceIds}::uuid[]) AS wanted (id)
    CROSS JOIN LATERAL (
      SELECT * FROM imports WHERE organization_id = ${organizationId}::uuid AND audience_id = wanted.id
      ORDER BY created_at DESC, id DESC LIMIT ${sql.literal(String(importLimit))}
    ) AS i
    ORDER BY i.created_at DESC, i.id DESC`
  return (yield* decodeImports(rows)).map(audienceImportOfRow)
})

/** Audiences with all that hangs on them. */
export const fullAudiences = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audiences: ReadonlyArray<Audience>
) {
  if (audiences.length === 0) return []
  const ids = audiences.map(({ id }) => id)
  const sourceIds = audiences.flatMap(({ primarySyncSourceId }) => primarySyncSourceId ?? [])
  const rules = Array.groupBy(
    yield* readRules(sql, organizationId, sql`r.audience_id = ANY(${ids}::uuid[])`),
    (rule) => rule.audienceId
  )
  const imports = Array.groupBy(yield* latestImports(sql, organizationId, ids), (each) => each.audienceId)
  const found =
    sourceIds.length === 0
      ? []
      : yield* sql`
    SELECT * FROM sync_sources WHERE organization_id = ${organizationId}::uuid AND id = ANY(${sourceIds}::uuid[])`
  const sources = new Map((yield* decodeSources(found)).map((source) => [source.id as string, source]))
  return audiences.map((audience): AudienceFull => ({
    ...audience,
    rules: rules[audience.id] ?? [],
    imports: imports[audience.id] ?? [],
    primarySyncSource: audience.primarySyncSourceId == null ? null : (sources.get(audience.primarySyncSourceId) ?? null)
  }))
}, Effect.orDie)
