import { consumerFields } from "@audiences/domain/ConsumerField"
import type { Column } from "@audiences/engine/columns/Column"
import { escapeLiteral } from "pg"
import { comparedColumns } from "../rules/ComparedColumns.ts"

/** How the values of a column travel in PostgreSQL's binary format. */
export type Travel = "boolean" | "float8" | "timestamptz" | "numeric" | "text" | "json"

export interface ColumnSql {
  /** Over the columns of `consumers`. */
  readonly expression: string
  readonly travel: Travel
}

export const columnSql = (column: Column): ColumnSql => {
  switch (column._tag) {
    case "Live":
      return { expression: "NOT archived", travel: "boolean" }
    case "Metadata":
      return { expression: `(metadata_folded -> ${escapeLiteral(column.key)})::text`, travel: "json" }
    case "Attribute": {
      const compared = comparedColumns[column.name]
      switch (consumerFields[column.name]) {
        case "boolean":
          return { expression: compared, travel: "boolean" }
        case "number":
          return { expression: `${compared}::float8`, travel: "float8" }
        case "instant":
          return { expression: compared, travel: "timestamptz" }
        case "money":
          return { expression: compared, travel: "numeric" }
        case "text":
          return { expression: compared, travel: "text" }
      }
    }
  }
}
