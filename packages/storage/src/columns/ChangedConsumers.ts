import type { OrganizationId } from "@audiences/domain/Organization"
import type { Client, PoolClient } from "pg"

/** Consumers that one transaction touched. */
export interface Change {
  readonly position: number
  readonly ordinals: ReadonlyArray<number>
  /** Null: all fields. */
  readonly fields: ReadonlySet<string> | null
}

/** Where reading columns anew is less work than reading who changed. */
const mostChanged = 500_000

/** The position of the change feed that a snapshot sees. */
export const feedHead = async (client: Client | PoolClient, organizationId: OrganizationId): Promise<number> => {
  const { rows } = await client.query<{ head: number }>(
    "SELECT coalesce(max(position), 0)::float8 AS head FROM changes WHERE organization_id = $1::uuid",
    [organizationId]
  )
  return rows[0]?.head ?? 0
}

/** The changes of consumers since a position; undefined: there are too many, or some are kept no longer. */
export const changesSince = async (
  client: Client | PoolClient,
  organizationId: OrganizationId,
  since: number,
  head: number
): Promise<ReadonlyArray<Change> | undefined> => {
  const { rows: totals } = await client.query<{ changes: number; changed: number }>(
    `SELECT count(*)::float8 AS changes, coalesce(sum(cardinality(ordinals)) FILTER (WHERE audience_id IS NULL), 0)::float8 AS changed
     FROM changes WHERE organization_id = $1::uuid AND position > $2::bigint`,
    [organizationId, since]
  )
  const [total] = totals
  if (total === undefined || total.changes !== head - since || total.changed > mostChanged) return undefined
  const { rows } = await client.query<{ position: number; ordinals: Array<number>; fields: Array<string> | null }>(
    `SELECT position::float8, ordinals, fields FROM changes
     WHERE organization_id = $1::uuid AND position > $2::bigint AND audience_id IS NULL ORDER BY position`,
    [organizationId, since]
  )
  return rows.map(({ fields, ordinals, position }) => ({
    position,
    ordinals,
    fields: fields === null ? null : new Set(fields)
  }))
}
