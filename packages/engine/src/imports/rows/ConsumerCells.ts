import { ConsumerCreate } from "@audiences/domain/Consumer"
import { consumerFields } from "@audiences/domain/ConsumerField"
import { ExternalId } from "@audiences/domain/ExternalId"
import { parseInstant } from "@audiences/domain/Instant"
import { ConsumerMetadata, isConsumerMetadata, Text } from "@audiences/domain/Scalar"
import { problemIssue, schemaIssues, type ValidationIssue } from "@audiences/domain/ValidationError"
import { Option, Result, Schema, SchemaIssue } from "effect"
import type { ImportedAttribute } from "./CsvColumns.ts"
import { isSurely } from "./SureValues.ts"

/** A cell's value, or what is wrong with it. */
export type Cell = Result.Result<unknown, ReadonlyArray<ValidationIssue>>
/** `header` is the name that the file's header gives the cell's column: issues lead to it, in a row of nothing but the cell. */
export type CellReader = (text: string, header: string) => Cell

const refused = (text: string, header: string, type: string, expected: string, message: string): Cell =>
  Result.fail([problemIssue({ [header]: text }, { path: [header], type, expected, message })])

/** Reads what JSON would have in the cell's place, checked by the attribute's own schema. */
export const bySchema = (
  schema: Schema.ConstraintDecoder<unknown>,
  valueOf: (text: string) => unknown = (text) => text
): CellReader => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  const isSure = isSurely(schema)
  return (text, header) => {
    const value = valueOf(text)
    if (isSure(value)) return Result.succeed(value)
    return Result.mapError(decode(value), ({ issue }) =>
      schemaIssues(new SchemaIssue.Pointer([header], issue), { [header]: value })
    )
  }
}

const decimal = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i

/** Digits grouped by thousands, or a decimal comma: one reader's 1.234 is another's 1234, so neither is guessed. */
const grouped = /^[^\d]*\d+([.,'’\s]\d+)+[^\d]*$/

const advice = (text: string, expected: string): string =>
  `Expected ${expected} but received ${JSON.stringify(text.slice(0, 100))}` +
  (grouped.test(text)
    ? ": write the number with a point before the decimals and nothing between the thousands, such as 1234.5"
    : "")

const number = (schema: Schema.ConstraintDecoder<unknown>): CellReader => {
  const checked = bySchema(schema, Number)
  const expected = "a number such as 1234.5"
  return (text, header) =>
    decimal.test(text) ? checked(text, header) : refused(text, header, "number", expected, advice(text, expected))
}

const money = (schema: Schema.ConstraintDecoder<unknown>): CellReader => {
  const checked = bySchema(schema)
  const expected = "a decimal amount such as 1234.50"
  return (text, header) =>
    grouped.test(text) && !decimal.test(text)
      ? refused(text, header, "money", expected, advice(text, expected))
      : checked(text, header)
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["0", false]
])

const boolean: CellReader = (text, header) => {
  const value = booleans.get(text.toLowerCase())
  const expected = "true or false"
  return value === undefined
    ? refused(text, header, "boolean", expected, advice(text, expected))
    : Result.succeed(value)
}

const instant = (schema: Schema.ConstraintDecoder<unknown>): CellReader => {
  const checked = bySchema(schema)
  return (text, header) => {
    const parsed = parseInstant(text)
    return Option.isSome(parsed) ? Result.succeed(parsed.value) : checked(text, header)
  }
}

const json = (schema: Schema.ConstraintDecoder<unknown>, expected: string): CellReader => {
  const checked = bySchema(schema, JSON.parse)
  return (text, header) => {
    try {
      return checked(text, header)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      return refused(text, header, "json", expected, advice(text, expected))
    }
  }
}

/** For what nobody means to begin or end with a space. Metadata is kept as it was written. */
export const trimmed =
  (reader: CellReader): CellReader =>
  (text, header) =>
    reader(text.trim(), header)

const upperCase =
  (reader: CellReader): CellReader =>
  (text, header) =>
    Result.orElse(reader(text.toUpperCase(), header), () => reader(text, header))

const readerOf = (name: ImportedAttribute): CellReader => {
  if (name === "primaryExternalId") return bySchema(Schema.toType(ExternalId))
  if (name === "status") return upperCase(bySchema(ConsumerCreate.fields.status))
  const schema = ConsumerCreate.fields[name]
  if (name === "lastGeoCoordinates") return json(schema, "a JSON object of latitude and longitude")
  switch (consumerFields[name]) {
    case "number":
      return number(schema)
    case "money":
      return money(schema)
    case "boolean":
      return boolean
    case "instant":
      return instant(schema)
    case "text":
      return bySchema(schema)
  }
}

const readers = new Map<ImportedAttribute, CellReader>()

/** How the cells of an attribute's column are read. */
export const attributeCells = (name: ImportedAttribute): CellReader => {
  const reader = readers.get(name) ?? readerOf(name)
  readers.set(name, reader)
  return reader
}

const checkedMetadata = json(
  ConsumerMetadata,
  "a JSON object whose values are texts, numbers, booleans, or lists of them"
)

export const metadataCells: CellReader = (text, header) => {
  const value = parsed(text)
  return isConsumerMetadata(value) ? Result.succeed(value) : checkedMetadata(text, header)
}

/** Undefined: it is no JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const textCells: CellReader = bySchema(Text)

/** Comma-separated. */
export const tagsOf = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "")
