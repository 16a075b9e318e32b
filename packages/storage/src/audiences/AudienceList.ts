import type { AudienceSort } from "@audiences/domain/Audience"
import { fold } from "@audiences/domain/Fold"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { AudienceFilter } from "@audiences/engine/audiences/AudienceRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import type { SqlClient, Statement } from "effect/sql"
import { readSlice, type SortKey } from "../pages/Keyset.ts"
import { audienceColumns, AudienceRow } from "./AudienceRow.ts"

const sortKey = (sql: SqlClient.SqlClient, sort: AudienceSort): SortKey => {
  switch (sort) {
    case "createdAt":
      return { expression: sql`a.created_at`, kind: "instant", nullable: false }
    case "name":
      return { expression: sql`a.name_folded`, kind: "text", nullable: false }
    case "lastRefreshedAt":
      return { expression: sql`a.last_refreshed_at`, kind: "instant", nullable: true }
  }
}

/** The list of audiences that a filter shows. */
export const listAudiences = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { archived = false, groupId, search, type }: AudienceFilter,
  request: PageRequest<AudienceSort>
) => {
  const conditions: Array<Statement.Fragment> = [
    sql`a.organization_id = ${organizationId}::uuid`,
    archived ? sql`a.archived` : sql`NOT a.archived`
  ]
  if (type !== undefined) conditions.push(sql`a.type = ${type}`)
  if (groupId !== undefined) conditions.push(sql`a.group_id = ${groupId}::uuid`)
  if (search !== undefined) conditions.push(sql`strpos(a.name_folded, ${fold(search)}::text COLLATE "C") > 0`)
  return readSlice(
    sql,
    {
      columns: audienceColumns(sql),
      from: sql`audiences a`,
      where: sql.and(conditions),
      key: sortKey(sql, request.sortBy),
      id: sql`a.id`,
      row: AudienceRow
    },
    request
  )
}
