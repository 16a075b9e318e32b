import type { OrganizationId } from "@audiences/domain/Organization"
import { problemIssue } from "@audiences/domain/ValidationError"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { ConsumerRow } from "../consumers/ConsumerRow.ts"
import { storable } from "./ImportErrors.ts"

const erased = problemIssue(undefined, {
  path: [],
  type: "erased",
  expected: "a row of somebody who is not erased",
  message: "The person of this row was erased, and what the row said with it"
})

/** Header names, without case and what is neither letter nor digit, under which an external id stands. */
const externalIdNames = ["externalid", "primaryexternalid"]

/**
 * Forgets the rejected rows of a person, and what was told of them: rows with one of the person's identifiers in a cell of its own. An
 * external id may be any short number: it is looked for only under its header. That the line was rejected is still told.
 */
export const eraseRejectedRows = (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { email, phone, primaryExternalId }: Pick<ConsumerRow, "email" | "phone" | "primaryExternalId">
) =>
  email === null && phone === null && primaryExternalId === null
    ? Effect.void
    : sql`
    WITH forgotten AS (
      DELETE FROM import_rejected_rows r USING imports i
      WHERE r.organization_id = ${organizationId}::uuid AND i.organization_id = r.organization_id AND i.id = r.import_id
        AND EXISTS (
          SELECT 1 FROM unnest(r.cells) WITH ORDINALITY AS each (cell, place),
            LATERAL (SELECT lower(ltrim(btrim(cell), '''')) AS said, i.header[place] AS name) AS plain
          WHERE said = lower(${email}::text) OR said = ${phone}::text
            OR (said = lower(${primaryExternalId}::text)
              AND lower(regexp_replace(coalesce(i.mapping ->> name, name), '[^[:alnum:]]', '', 'g')) = ANY(${externalIdNames}::text[])))
      RETURNING r.import_id, r.row
    )
    UPDATE import_errors e SET issues = ${storable([erased])}::text::jsonb
    FROM forgotten f
    WHERE e.organization_id = ${organizationId}::uuid AND e.import_id = f.import_id AND e.row = f.row`
