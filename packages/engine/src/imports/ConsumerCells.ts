import { ConsumerCreate } from "@audiences/domain/Consumer"
import { consumerFields } from "@audiences/domain/ConsumerField"
import { ConsumerMetadata, Text } from "@audiences/domain/Scalar"
import { problemIssue, schemaIssues, type ValidationIssue } from "@audiences/domain/ValidationError"
import { Result, Schema, SchemaIssue } from "effect"
import type { ImportedAttribute } from "./ConsumerColumns.ts"

/** A cell's value, or what is wrong with it. */
export type Cell = Result.Result<unknown, ReadonlyArray<ValidationIssue>>
/** `header` is the name that the file's header gives the cell's column: issues lead to it, in a row of nothing but the cell. */
export type CellReader = (text: string, header: string) => Cell

/** Characters of an external id: it is indexed, and an index entry has a bound. */
const maxExternalId = 512

const refused = (text: string, header: string, type: string, expected: string, message: string): Cell =>
  Result.fail([problemIssue({ [header]: text }, { path: [header], type, expected, message })])

/** Reads what JSON would have in the cell's place, checked by the attribute's own schema. */
const bySchema = (schema: Schema.ConstraintDecoder<unknown>): CellReader => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (text, header) =>
    Result.mapError(decode(text), ({ issue }) => schemaIssues(new SchemaIssue.Pointer([header], issue), { [header]: text }))
}

const decimal = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i

/** Digits grouped by thousands, or a decimal comma: one reader's 1.234 is another's 1234, so neither is guessed. */
const grouped = /^[^\d]*\d+([.,'’\s]\d+)+[^\d]*$/

const advice = (text: string, expected: string): string =>
  `Expected ${expected} but received ${JSON.stringify(text.slice(0, 100))}` +
  (grouped.test(text) ? ": write the number with a point before the decimals and nothing between the thousands, such as 1234.5" : "")

const number = (schema: Schema.ConstraintDecoder<unknown>): CellReader => {
  const checked = bySchema(Schema.Unknown.pipe(Schema.decodeTo(schema as never)) as never)
  return (text, header) => {
    const expected = "a number such as 1234.5"
    if (!decimal.test(text)) return refused(text, header, "number", expected, advice(text, expected))
    return checked(Number(text) as unknown as string, header)
  }
}

const money = (schema: Schema.ConstraintDecoder<unknown>): CellReader => {
  const checked = bySchema(schema)
  return (text, header) =>
    grouped.test(text) && !decimal.test(text)
      ? refused(text, header, "money", "a decimal amount such as 1234.50", advice(text, "a decimal amount such as 1234.50"))
      : checked(text, header)
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false, "1": true, "0": false }

const boolean: CellReader = (text, header) => {
  const value = booleans[text.toLowerCase()]
  const expected = "true or false"
  return value === undefined ? refused(text, header, "boolean", expected, advice(text, expected)) : Result.succeed(value)
}

const json = (schema: Schema.ConstraintDecoder<unknown>, expected: string): CellReader => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (text, header) => {
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {
      return refused(text, header, "json", expected, `Expected ${expected} but received ${JSON.stringify(text.slice(0, 100))}`)
    }
    return Result.mapError(decode(parsed), ({ issue }) =>
      schemaIssues(new SchemaIssue.Pointer([header], issue), { [header]: parsed }))
  }
}

/** For what nobody means to begin or end with a space. Metadata is kept as it was written. */
export const trimmed = (reader: CellReader): CellReader => (text, header) => reader(text.trim(), header)

const upperCase = (reader: CellReader): CellReader => (text, header) =>
  Result.orElse(reader(text.toUpperCase(), header), () => reader(text, header))

const readerOf = (name: ImportedAttribute): CellReader => {
  if (name === "primaryExternalId") return bySchema(Text.check(Schema.isMaxLength(maxExternalId)))
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
    case "text":
    case "instant":
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

export const metadataCells: CellReader = json(ConsumerMetadata, "a JSON object whose values are texts, numbers, booleans, or lists of them")

export const textCells: CellReader = bySchema(Text)

/** Comma-separated. */
export const tagsOf = (text: string): ReadonlyArray<string> => text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "")
