import { Schema } from "effect"

/** Text that PostgreSQL can store: no U+0000, no lone surrogate. */
export const Text = Schema.String.check(
  Schema.makeFilter((text) => !text.includes("\0") && text.isWellFormed(), {
    identifier: "Text",
    expected: "text without U+0000 and without lone surrogates"
  })
)

export const Scalar = Schema.Union([Text, Schema.Finite, Schema.Boolean, Schema.Null])
export type Scalar = typeof Scalar.Type

/** What is known of a consumer beyond its attributes: one level deep, values are scalars or lists of scalars. */
export const ConsumerMetadata = Schema.Record(Text, Schema.Union([Scalar, Schema.Array(Scalar)]))
export type ConsumerMetadata = typeof ConsumerMetadata.Type

const storable = (value: unknown): boolean => {
  switch (typeof value) {
    case "string":
      return !value.includes("\0") && value.isWellFormed()
    case "object":
      return value === null || (Array.isArray(value)
        ? value.every(storable)
        : Object.entries(value).every(([key, each]) => storable(key) && storable(each)))
    default:
      return true
  }
}

/** Any JSON object; kept as it was sent. */
export const OpenMap = Schema.Record(Schema.String, Schema.Unknown).check(
  Schema.makeFilter(storable, { expected: "an object whose texts have no U+0000 and no lone surrogates" })
)
export type OpenMap = typeof OpenMap.Type
