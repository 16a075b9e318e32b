import { ConsumerCreate } from "@audiences/domain/Consumer"
import { fieldAliases } from "@audiences/domain/ConsumerField"
import type { ConsumerPatch } from "../../consumers/ConsumerPatch.ts"
import { errorColumn } from "./ErrorColumn.ts"
import { type ColumnKinds, columnList, forgiving } from "./FileColumns.ts"
import { FileRefused } from "../FileRefused.ts"

export type ImportedAttribute = Exclude<keyof ConsumerPatch, "metadata">

/** What the cells of a column are. */
export type ConsumerColumn =
  | { readonly _tag: "Attribute"; readonly name: ImportedAttribute }
  | { readonly _tag: "FirstName" }
  | { readonly _tag: "LastName" }
  | { readonly _tag: "Metadata"; readonly key: string }
  /** A whole object of metadata, as JSON. */
  | { readonly _tag: "MetadataObject" }
  | { readonly _tag: "Tags" }
  /** What the server itself says, as our own exports and reports have it. */
  | { readonly _tag: "ServerSet" }
  /** Nobody's business, as a mapping says. */
  | { readonly _tag: "LeftOut" }
  | { readonly _tag: "Nameless" }

const metadataPrefix = "metadata."

const {
  externalId: _externalId,
  metadata: _metadata,
  verificationCode: _code,
  verificationCodeExpiresAt: _expiry,
  ...attributes
} = ConsumerCreate.fields

const attribute = (name: string): ConsumerColumn => ({ _tag: "Attribute", name: name as ImportedAttribute })

const known: ReadonlyMap<string, ConsumerColumn> = new Map<string, ConsumerColumn>([
  ...Object.keys(attributes).map((name) => [forgiving(name), attribute(name)] as const),
  [forgiving("primaryExternalId"), attribute("primaryExternalId")],
  ...Object.entries(fieldAliases).map(([alias, name]) => [forgiving(alias), attribute(name)] as const),
  ["firstname", { _tag: "FirstName" }],
  ["lastname", { _tag: "LastName" }],
  ["metadata", { _tag: "MetadataObject" }],
  ["tags", { _tag: "Tags" }]
])

/** Only as they are spelled by ourselves: somebody else's `created_at` is metadata. */
const serverSet = new Set([
  "id",
  "organizationId",
  "archived",
  "createdAt",
  "createdBy",
  "updatedAt",
  "updatedBy",
  "emailDomain",
  "primarySourceVendor",
  "primarySyncSourceId",
  "primaryLastSyncedAt",
  "verificationCode",
  "verificationCodeExpiresAt",
  errorColumn
])

const field = (text: string): ConsumerColumn | undefined => {
  const name = text.trim()
  if (!name.toLowerCase().startsWith(metadataPrefix)) return known.get(forgiving(name))
  return name.length > metadataPrefix.length ? { _tag: "Metadata", key: name.slice(metadataPrefix.length) } : undefined
}

const named = (header: string): ConsumerColumn => {
  const name = header.trim()
  if (name === "") return { _tag: "Nameless" }
  if (serverSet.has(name)) return { _tag: "ServerSet" }
  return field(name) ?? { _tag: "Metadata", key: name }
}

const meaning = (column: ConsumerColumn): string | undefined => {
  switch (column._tag) {
    case "Attribute":
      return column.name === "primaryExternalId" ? "externalId" : column.name
    case "Metadata":
      return `${metadataPrefix}${column.key}`
    case "Tags":
      return `${metadataPrefix}tags`
    case "FirstName":
      return "firstName"
    case "LastName":
      return "lastName"
    case "MetadataObject":
      return "metadata"
    case "ServerSet":
    case "LeftOut":
    case "Nameless":
      return undefined
  }
}

const identifierNames: ReadonlySet<string> = new Set<ImportedAttribute>(["email", "phone", "primaryExternalId"])

export const isIdentifier = (column: ConsumerColumn): boolean =>
  column._tag === "Attribute" && identifierNames.has(column.name)

const looksLikeData = (headers: ReadonlyArray<string>): boolean =>
  headers.some((header) => /^[^\s@]+@[^\s@]+\.[^\s@]+$|^\+\d{6,15}$/.test(header.trim()))

const demand = (columns: ReadonlyArray<ConsumerColumn>, headers: ReadonlyArray<string>, line: number): void => {
  if (columns.some(isIdentifier)) return
  throw new FileRefused({
    line,
    message: looksLikeData(headers)
      ? `The first line must be a header that names the columns; it looks like data: ${columnList(headers)}.`
      : `No column identifies a consumer: the header must name at least one of email, phone, externalId. Found: ${columnList(headers)}.`
  })
}

/** The columns of a list of consumers. Unknown ones are metadata. */
export const consumerColumns: ColumnKinds<ConsumerColumn> = {
  subject: "a consumer",
  named,
  field,
  leftOut: { _tag: "LeftOut" },
  meaning,
  demand
}
