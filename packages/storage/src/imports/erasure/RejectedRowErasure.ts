import type { OrganizationId } from "@audiences/domain/Organization"
import { problemIssue } from "@audiences/domain/ValidationError"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { ConsumerRow } from "../../consumers/ConsumerRow.ts"
import { storable } from "../reports/ImportErrors.ts"

const erased = problemIssue(undefined, {
  path: [],
  type: "erased",
  expected: "a row of somebody who is not erased",
  message: "The person of this row was erased, and what the row said with it"
})

/** Header names, without case and what is neither letter nor digit, under which an external id stands. */
const externalIdNames = ["externalid", "primaryexternalid"]

/** Whose a cell may be, as conditions on `said`: its text in lower case, without what is around it. */
interface CellOwner {
  /** An email or a phone. */
  readonly anywhere: Statement.Fragment
  /** An external id may be any short number: it is looked for only under its header. */
  readonly asExternalId: Statement.Fragment
}

/**
 * Forgets the rejected rows of imports `i` that have an identifier of somebody in a cell of its own, and what was told of them. That
 * the line was rejected is still told.
 */
export const forgetRejectedRows = (
  sql: SqlClient.SqlClient,
  imports: Statement.Fragment,
  { anywhere, asExternalId }: CellOwner
) => sql`
    WITH forgotten AS (
      DELETE FROM import_rejected_rows r USING imports i
      WHERE ${imports} AND i.organization_id = r.organization_id AND i.id = r.import_id
        AND EXISTS (
          SELECT 1 FROM unnest(r.cells) WITH ORDINALITY AS each (cell, place),
            LATERAL (SELECT lower(ltrim(btrim(cell), '''')) AS said, i.header[place] AS name) AS plain
          WHERE ${anywhere} OR (${asExternalId}
            AND lower(regexp_replace(coalesce(i.mapping ->> name, name), '[^[:alnum:]]', '', 'g')) = ANY(${externalIdNames}::text[])))
      RETURNING r.organization_id, r.import_id, r.row
    )
    UPDATE import_errors e SET issues = ${storable([erased])}::text::jsonb
    FROM forgotten f
    WHERE e.organization_id = f.organization_id AND e.import_id = f.import_id AND e.row = f.row`

/** Forgets the rejected rows of a person in all imports of the organization. */
export const eraseRejectedRows = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { email, phone, primaryExternalId }: Pick<ConsumerRow, "email" | "phone" | "primaryExternalId">
) =>
  email === null && phone === null && primaryExternalId === null
    ? Effect.void
    : forgetRejectedRows(sql, sql`i.organization_id = ${organizationId}::uuid`, {
        anywhere: sql`said = lower(${email}::text) OR said = ${phone}::text`,
        asExternalId: sql`said = lower(${primaryExternalId}::text)`
      })
