import type { ConsumerPatch } from "@audiences/engine/consumers/ConsumerPatch"
import { foldConsumer, type FoldedConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import { DateTime, String } from "effect"

type Type = "text" | "boolean" | "float8" | "int2" | "numeric" | "timestamptz" | "jsonb"

/** A column of `consumers` that an import can fill; it has the same name in `import_rows`. */
export interface Column {
  readonly name: string
  readonly type: Type
  /** What a new consumer has when nothing is given. */
  readonly blank: string
  /** The field of the contract that changes with it; a folded column changes only with the one it is folded from. */
  readonly field: string | undefined
  /** The attribute of a patch that fills it. */
  readonly source: keyof ConsumerPatch
  /** Where a folded form is not sent because it is what was folded. */
  readonly unfolded: string | undefined
  readonly value: (patch: ConsumerPatch, folded: FoldedConsumer) => unknown
}

type Attribute = Exclude<keyof ConsumerPatch, "lastGeoCoordinates">

/** Every attribute: the type of its column, and what a new consumer has in it when nothing is given. */
const attributes: { readonly [Name in Attribute]: readonly [type: Type, blank: string] } = {
  email: ["text", "NULL"],
  phone: ["text", "NULL"],
  primaryExternalId: ["text", "NULL"],
  fullName: ["text", "NULL"],
  lastGeoCity: ["text", "NULL"],
  lastGeoCountry: ["text", "NULL"],
  lastGeoPostalCode: ["text", "NULL"],
  lastGeoRegion: ["text", "NULL"],
  lastGeoSource: ["text", "NULL"],
  lastGeoTimezone: ["text", "NULL"],
  status: ["text", "'ACTIVE'"],
  emailVerified: ["boolean", "false"],
  phoneVerified: ["boolean", "false"],
  smsOptOut: ["boolean", "false"],
  activityScore: ["float8", "0"],
  engagedCount: ["float8", "0"],
  loyaltyBalance: ["float8", "0"],
  loyaltyLifetimePoints: ["float8", "0"],
  monetaryScore: ["float8", "0"],
  purchaseFrequencyScore: ["float8", "0"],
  totalEngagements: ["float8", "0"],
  totalMessages: ["float8", "0"],
  totalOrders: ["float8", "0"],
  totalReturns: ["float8", "0"],
  activityRank: ["int2", "0"],
  monetaryRank: ["int2", "0"],
  purchaseFrequencyRank: ["int2", "0"],
  aov: ["numeric", "0"],
  ltv: ["numeric", "0"],
  activityScoreUpdatedAt: ["timestamptz", "NULL"],
  lastEngagedAt: ["timestamptz", "NULL"],
  lastGeoAt: ["timestamptz", "NULL"],
  lastLoginAt: ["timestamptz", "NULL"],
  lastOrderAt: ["timestamptz", "NULL"],
  lastReturnAt: ["timestamptz", "NULL"],
  loyaltyLastActivityAt: ["timestamptz", "NULL"],
  monetaryScoreUpdatedAt: ["timestamptz", "NULL"],
  purchaseFrequencyScoreUpdatedAt: ["timestamptz", "NULL"],
  metadata: ["jsonb", "NULL"]
}

const attribute = (name: Attribute): Column => ({
  name: String.camelToSnake(name),
  type: attributes[name][0],
  blank: attributes[name][1],
  field: name,
  source: name,
  unfolded: undefined,
  value: (patch) => patch[name]
})

const foldedTexts = [
  "email",
  "fullName",
  "primaryExternalId",
  "lastGeoCity",
  "lastGeoCountry",
  "lastGeoPostalCode",
  "lastGeoRegion",
  "lastGeoSource",
  "lastGeoTimezone"
] as const

/** What people are told apart by is compared in `import_rows`, too. */
const compared: ReadonlySet<string> = new Set(["email", "primaryExternalId"])

const foldedText = (name: (typeof foldedTexts)[number]): Column => ({
  name: String.camelToSnake(`${name}Folded`),
  type: "text",
  blank: "NULL",
  field: undefined,
  source: name,
  unfolded: compared.has(name) ? undefined : String.camelToSnake(name),
  value: (patch, folded) =>
    !compared.has(name) && folded[`${name}Folded`] === patch[name] ? null : folded[`${name}Folded`]
})

const coordinate = (name: "latitude" | "longitude"): Column => ({
  name: `last_geo_${name}`,
  type: "float8",
  blank: "NULL",
  field: "lastGeoCoordinates",
  source: "lastGeoCoordinates",
  unfolded: undefined,
  value: (patch) => patch.lastGeoCoordinates?.[name]
})

const columns: ReadonlyArray<Column> = [
  ...(Object.keys(attributes) as Array<Attribute>).map(attribute),
  coordinate("latitude"),
  coordinate("longitude"),
  ...foldedTexts.map(foldedText),
  {
    name: "email_domain_folded",
    type: "text",
    blank: "NULL",
    field: undefined,
    source: "email",
    unfolded: undefined,
    value: (_, folded) => folded.emailDomainFolded
  },
  {
    name: "metadata_folded",
    type: "jsonb",
    blank: "NULL",
    field: undefined,
    source: "metadata",
    unfolded: "metadata",
    value: (patch, folded) => (folded.metadataFolded === patch.metadata ? null : folded.metadataFolded)
  }
]

/** Columns that have no default. */
const required: ReadonlySet<string> = new Set(["status", "email_verified", "phone_verified"])

const literal = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : typeof value === "string"
      ? value
      : typeof value === "object"
        ? textOf(value)
        : `${value as number | boolean}`

/** Instants as ISO-8601, metadata as JSON. */
const textOf = (value: object): string =>
  DateTime.isDateTime(value) ? DateTime.formatIso(value) : JSON.stringify(value)

/** Those columns that any of the patches fills, and the folded forms of these. */
export const filledColumns = (patches: ReadonlyArray<ConsumerPatch>): ReadonlyArray<Column> => {
  const filled = new Set<string>()
  for (const patch of patches) for (const name in patch) filled.add(name)
  return columns.filter(({ source }) => filled.has(source))
}

/** What a patch has in these columns, as the texts that PostgreSQL reads; null: it does not fill it. */
export const columnTexts = (given: ReadonlyArray<Column>, patch: ConsumerPatch): ReadonlyArray<string | null> => {
  const folded = foldConsumer(patch)
  return given.map(({ value }) => literal(value(patch, folded)))
}

/** The columns of these names, in the order in which they are listed here. */
export const columnsNamed = (names: ReadonlyArray<string>): ReadonlyArray<Column> =>
  columns.filter(({ name }) => names.includes(name))

/** What row `r` says. */
export const sent = ({ name, unfolded }: Column): string =>
  unfolded === undefined ? `r.${name}` : `coalesce(r.${name}, r.${unfolded})`

/** A column after the merge of row `r` into consumer `c`: what is not given stays, and metadata is added to. */
const merged = (column: Column): string =>
  column.type === "jsonb"
    ? `CASE WHEN ${sent(column)} IS NULL THEN c.${column.name} ELSE coalesce(c.${column.name}, '{}') || ${sent(column)} END`
    : `coalesce(${sent(column)}, c.${column.name})`

export const assignments = (given: ReadonlyArray<Column>): string =>
  given.map((column) => `${column.name} = ${merged(column)}`).join(", ")

/** True of a row that says something new. */
export const isNews = (given: ReadonlyArray<Column>): string =>
  given
    .filter(({ field }) => field !== undefined)
    .map((column) => `c.${column.name} IS DISTINCT FROM ${merged(column)}`)
    .join(" OR ")

const inserted = (given: ReadonlyArray<Column>): ReadonlyArray<Column> =>
  columns.filter((column) => given.includes(column) || required.has(column.name))

export const insertedNames = (given: ReadonlyArray<Column>): string =>
  inserted(given)
    .map(({ name }) => name)
    .join(", ")

export const insertedValues = (given: ReadonlyArray<Column>): string =>
  inserted(given)
    .map((column) => (given.includes(column) ? `coalesce(${sent(column)}, ${column.blank})` : column.blank))
    .join(", ")

/** The fields of the contract that an update by these may change. */
export const fieldsOf = (given: ReadonlyArray<Column>): ReadonlyArray<string> => {
  const fields = new Set(given.flatMap(({ field }) => field ?? []))
  return [...fields, ...(fields.has("email") ? ["emailDomain"] : []), "updatedAt", "updatedBy"].sort()
}
