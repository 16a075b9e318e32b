import { ConsumerCreate } from "@audiences/domain/Consumer"
import { fieldAliases } from "@audiences/domain/ConsumerField"
import type { ConsumerPatch } from "../consumers/ConsumerPatch.ts"
import { errorColumn } from "./ErrorColumn.ts"
import { FileRefused } from "./FileRefused.ts"

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
  | { readonly _tag: "Nameless" }

/** Columns of one file. Each is metadata of its own or a field: more than this is not a list of consumers. */
const maxColumns = 1000

const metadataPrefix = "metadata."

/** `Last Order At`, `last_order_at` and `lastOrderAt` are one. */
const forgiving = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")

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

const columnOf = (header: string): ConsumerColumn => {
  const name = header.trim()
  if (name === "") return { _tag: "Nameless" }
  if (serverSet.has(name)) return { _tag: "ServerSet" }
  if (name.toLowerCase().startsWith(metadataPrefix) && name.length > metadataPrefix.length) {
    return { _tag: "Metadata", key: name.slice(metadataPrefix.length) }
  }
  return known.get(forgiving(name)) ?? { _tag: "Metadata", key: name }
}

/** What two columns of one file cannot both be. */
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
    case "Nameless":
      return undefined
  }
}

const identifierNames: ReadonlySet<string> = new Set<ImportedAttribute>(["email", "phone", "primaryExternalId"])

export const isIdentifier = (column: ConsumerColumn): boolean =>
  column._tag === "Attribute" && identifierNames.has(column.name)

/** How many names of columns a message lists. */
const listed = 20

const list = (headers: ReadonlyArray<string>): string =>
  headers
    .slice(0, listed)
    .map((header) => JSON.stringify(header.length > 60 ? `${header.slice(0, 60)}…` : header))
    .join(", ") + (headers.length > listed ? ` and ${headers.length - listed} more` : "")

const looksLikeData = (headers: ReadonlyArray<string>): boolean =>
  headers.some((header) => /^[^\s@]+@[^\s@]+\.[^\s@]+$|^\+\d{6,15}$/.test(header.trim()))

/** What the columns of a file are, by its header. Throws `FileRefused` when they are no list of consumers. */
export const consumerColumns = (headers: ReadonlyArray<string>, line: number): ReadonlyArray<ConsumerColumn> => {
  if (headers.filter((name) => name !== errorColumn).length > maxColumns) {
    throw new FileRefused({
      line,
      message: `The header has ${headers.length} columns; at most ${maxColumns} are read.`
    })
  }
  const columns = headers.map(columnOf)
  if (!columns.some(isIdentifier)) {
    throw new FileRefused({
      line,
      message: looksLikeData(headers)
        ? `The first line must be a header that names the columns; it looks like data: ${list(headers)}.`
        : `No column identifies a consumer: the header must name at least one of email, phone, externalId. Found: ${list(headers)}.`
    })
  }
  const seen = new Map<string, string>()
  columns.forEach((column, i) => {
    const name = meaning(column)
    if (name === undefined) return
    const other = seen.get(name)
    if (other !== undefined) {
      throw new FileRefused({
        line,
        message: `Two columns are both ${name}: ${list([other, headers[i]!])}. Remove or rename one of them.`
      })
    }
    seen.set(name, headers[i]!)
  })
  return columns
}
