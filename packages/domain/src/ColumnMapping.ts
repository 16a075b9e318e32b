import { Schema } from "effect"
import { Text } from "./Scalar.ts"

/** Columns that a mapping may name: as many as a file may have. */
export const maxColumns = 1000

/** What columns of a file are where their names do not say it: `{"column": "field"}`; null leaves a column out. */
export const ColumnMapping = Schema.Record(Schema.String, Schema.NullOr(Text))
  .check(
    // A check, since a record schema drops the keys that its key schema refuses.
    Schema.makeFilter(
      (mapping) => Object.keys(mapping).every((column) => column.isWellFormed() && !column.includes("\0")),
      { expected: "columns without U+0000 and without lone surrogates" }
    ),
    Schema.isMaxProperties(maxColumns)
  )
  .annotate({ identifier: "ColumnMapping" })
export type ColumnMapping = typeof ColumnMapping.Type
