import { type Identifier } from "@audiences/engine/consumers/Identity"
import type { SqlClient } from "effect/sql"
import { identifierColumns } from "./IdentifierColumns.ts"
import type { StagedImport } from "./ImportKey.ts"

/** Of an identifier's owner, the alias of the look for it. */
const alias = (name: Identifier): string => `${name === "externalId" ? "external_id" : name}_owner`

/**
 * SQL that looks for the live consumers who have the identifiers of row `r`, each by one look into an index, however large the tables
 * are (LIMIT keeps the planner to it), and by none where the owner of an earlier identifier has it. With `releases`, an identifier that
 * is given up to the row is nobody's.
 */
export const lookForOwners = (
  sql: SqlClient.SqlClient,
  { organizationId }: StagedImport,
  names: ReadonlyArray<Identifier>,
  releases: boolean
) => {
  const columns = sql.literal(["id", "ordinal", ...Object.values(identifierColumns)].join(", "))
  const looks = names.map((name, i) => {
    const column = identifierColumns[name]
    const found = names.slice(0, i).map((earlier) => `AND r.${column} IS DISTINCT FROM ${alias(earlier)}.${column}`)
    const kept = releases
      ? sql`AND NOT EXISTS (
          SELECT 1 FROM import_releases l WHERE l.organization_id = r.organization_id AND l.import_id = r.import_id
            AND l.row_number = r.row_number AND l.identifier = ${name})`
      : sql``
    return sql`
      LEFT JOIN LATERAL (
        SELECT ${columns} FROM consumers c
        WHERE c.organization_id = ${organizationId}::uuid AND NOT c.archived AND ${sql.literal(`c.${column} = r.${column} ${found.join(" ")}`)} ${kept} LIMIT 1
      ) AS ${sql.literal(alias(name))} ON true`
  })
  return sql.join(" ", false)(looks)
}

/** The ordinal of who has an identifier of row `r`; null: nobody. */
export const ownerOf = (names: ReadonlyArray<Identifier>, name: Identifier): string => {
  const column = identifierColumns[name]
  const earlier = names.slice(0, names.indexOf(name))
  const cases = earlier.map((each) => `WHEN r.${column} = ${alias(each)}.${column} THEN ${alias(each)}.ordinal`)
  return cases.length === 0 ? `${alias(name)}.ordinal` : `(CASE ${cases.join(" ")} ELSE ${alias(name)}.ordinal END)`
}

/** True of a row whose look for an identifier's owner found somebody who has another identifier that the row does not give. */
export const leadsElsewhere = (names: ReadonlyArray<Identifier>, name: Identifier): string =>
  names
    .filter((other) => other !== name)
    .map((other) => identifierColumns[other])
    .map((other) => `${alias(name)}.${other} IS NOT NULL AND ${alias(name)}.${other} IS DISTINCT FROM r.${other}`)
    .join(" OR ")

/** The ordinal that a look of its own found. */
export const found = (name: Identifier): string => `${alias(name)}.ordinal`
