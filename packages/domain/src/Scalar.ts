import { Schema, SchemaTransformation } from "effect"

const isStorable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()

/** Text that PostgreSQL can store: no U+0000, no lone surrogate. */
export const Text = Schema.String.check(
  Schema.makeFilter(isStorable, {
    identifier: "Text",
    expected: "text without U+0000 and without lone surrogates"
  })
)

/** An id. UUIDs are the same in capital letters; here and in answers they are in small ones. */
export const UuidText = Schema.String.check(Schema.isUUID()).pipe(
  Schema.decodeTo(Schema.String.check(Schema.isUUID()), SchemaTransformation.toLowerCase())
)

export const Scalar = Schema.Union([Text, Schema.Finite, Schema.Boolean, Schema.Null])
export type Scalar = typeof Scalar.Type

/** What is known of a consumer beyond its attributes: one level deep, values are scalars or lists of scalars. */
export const ConsumerMetadata = Schema.Record(Schema.String, Schema.Union([Scalar, Schema.Array(Scalar)])).check(
  // A check, since a record schema drops the keys that its key schema refuses.
  Schema.makeFilter((metadata) => Object.keys(metadata).every(isStorable), {
    expected: "keys without U+0000 and without lone surrogates"
  })
)
export type ConsumerMetadata = typeof ConsumerMetadata.Type

const isScalar = (value: unknown): boolean => {
  switch (typeof value) {
    case "string":
      return isStorable(value)
    case "number":
      return Number.isFinite(value)
    default:
      return typeof value === "boolean" || value === null
  }
}

/** As the schema, for what JSON makes, at a tenth of the time. */
export const isConsumerMetadata = (value: unknown): value is ConsumerMetadata =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).every((key) => {
    const each = (value as Record<string, unknown>)[key]
    return isStorable(key) && (Array.isArray(each) ? each.every(isScalar) : isScalar(each))
  })

const holdsStorable = (value: unknown): boolean => {
  switch (typeof value) {
    case "string":
      return isStorable(value)
    case "object":
      return (
        value === null ||
        (Array.isArray(value)
          ? value.every(holdsStorable)
          : Object.entries(value).every(([key, each]) => isStorable(key) && holdsStorable(each)))
      )
    default:
      return true
  }
}

/** Any JSON object; kept as it was sent. */
export const OpenMap = Schema.Record(Schema.String, Schema.Unknown).check(
  Schema.makeFilter(holdsStorable, { expected: "an object whose texts have no U+0000 and no lone surrogates" })
)
export type OpenMap = typeof OpenMap.Type

/** Characters of JSON that a map may have: a page holds a hundred of them. */
export const maxMapLength = 65_536

const isShort = Schema.makeFilter((map: object) => JSON.stringify(map).length <= maxMapLength, {
  expected: `at most ${maxMapLength} characters of JSON`
})

/** As a caller may send them. What is stored may be larger, since imports add to it. */
export const ConsumerMetadataInput = ConsumerMetadata.check(isShort)
export const OpenMapInput = OpenMap.check(isShort)
