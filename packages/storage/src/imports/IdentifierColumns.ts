import { type Identifier, identifiers } from "@audiences/engine/consumers/Identity"

/** Where an identifier stands in its comparison form, in `consumers` and in `import_rows`. */
export const identifierColumns: { readonly [Name in Identifier]: string } = {
  email: "email_folded",
  phone: "phone",
  externalId: "primary_external_id_folded"
}

/** The identifiers that a file gives, by the columns that it fills. */
export const givenIdentifiers = (columns: ReadonlyArray<string>): ReadonlyArray<Identifier> =>
  identifiers.filter((name) => columns.includes(identifierColumns[name]))
