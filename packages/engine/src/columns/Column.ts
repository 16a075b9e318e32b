import type { ConsumerFieldName } from "@audiences/domain/ConsumerField"
import type { Condition } from "../rules/Condition.ts"

/** What is kept of every consumer in one column. */
export type Column =
  /** Whether there is such a consumer, not archived. */
  | { readonly _tag: "Live" }
  | { readonly _tag: "Attribute"; readonly name: ConsumerFieldName }
  | { readonly _tag: "Metadata"; readonly key: string }

/** What a column is called among those of an organization. */
export type ColumnName = "live" | ConsumerFieldName | `metadata.${string}`

export const columnName = (column: Column): ColumnName => {
  switch (column._tag) {
    case "Live":
      return "live"
    case "Attribute":
      return column.name
    case "Metadata":
      return `metadata.${column.key}`
  }
}

const columnsIn = (condition: Condition): ReadonlyArray<Column> => {
  switch (condition._tag) {
    case "Exists":
    case "TextOneOf":
    case "TextContains":
    case "NumberOneOf":
    case "NumberWithin":
    case "MoneyOneOf":
    case "MoneyWithin":
    case "InstantOneOf":
    case "InstantWithin":
    case "BooleanIs":
      return [{ _tag: "Attribute", name: condition.field }]
    case "MetadataExists":
    case "MetadataOneOf":
    case "MetadataContains":
    case "MetadataWithin":
      return [{ _tag: "Metadata", key: condition.key }]
    case "Not":
      return columnsIn(condition.condition)
    case "All":
    case "Any":
      return condition.conditions.flatMap(columnsIn)
  }
}

/** The columns that it takes to evaluate a condition, each once. */
export const columnsOf = (condition: Condition): ReadonlyArray<Column> => {
  const columns: ReadonlyArray<Column> = [{ _tag: "Live" }, ...columnsIn(condition)]
  return [...new Map(columns.map((column) => [columnName(column), column])).values()]
}

/** Whether a change of these fields, by their names in the contract, can change the column; null: all of them changed. */
export const changesWith = (column: Column, fields: ReadonlySet<string> | null): boolean => {
  if (fields === null) return true
  switch (column._tag) {
    case "Live":
      return false
    case "Attribute":
      return fields.has(column.name) || (column.name === "emailDomain" && fields.has("email"))
    case "Metadata":
      return fields.has("metadata")
  }
}
