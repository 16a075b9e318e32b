import { type ColumnKinds, columnList, forgiving } from "./FileColumns.ts"
import { FileRefused } from "../FileRefused.ts"

/** What must be said of every order. */
export const orderFields = ["orderId", "orderedAt", "total"] as const
/** Whose it is: at least one of them. */
export const orderOwners = ["email", "phone", "externalId"] as const

export type OrderField = (typeof orderFields)[number] | (typeof orderOwners)[number]

/** What the cells of a column are; nothing else is kept of an order. */
export type OrderColumn = { readonly _tag: "Field"; readonly name: OrderField } | { readonly _tag: "LeftOut" }

const known: ReadonlyMap<string, OrderField> = new Map<string, OrderField>([
  ...[...orderFields, ...orderOwners].map((name) => [forgiving(name), name] as const),
  [forgiving("primaryExternalId"), "externalId"]
])

const field = (name: string): OrderColumn | undefined => {
  const found = known.get(forgiving(name))
  return found === undefined ? undefined : { _tag: "Field", name: found }
}

const demand = (columns: ReadonlyArray<OrderColumn>, headers: ReadonlyArray<string>, line: number): void => {
  const has = (name: OrderField) => columns.some((column) => column._tag === "Field" && column.name === name)
  const missing = [
    ...orderFields.filter((name) => !has(name)),
    ...(orderOwners.some(has) ? [] : [`one of ${orderOwners.join(", ")}`])
  ]
  if (missing.length === 0) return
  throw new FileRefused({
    line,
    message:
      `The header must name the columns of orders; it lacks ${missing.join(", ")}. Found: ${columnList(headers)}. ` +
      "A mapping can say which columns they are."
  })
}

/** The columns of a list of orders. */
export const orderColumns: ColumnKinds<OrderColumn> = {
  subject: "an order",
  named: (header) => field(header) ?? { _tag: "LeftOut" },
  field,
  leftOut: { _tag: "LeftOut" },
  meaning: (column) => (column._tag === "Field" ? column.name : undefined),
  demand
}
