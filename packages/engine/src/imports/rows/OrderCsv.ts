import type { ColumnMapping } from "@audiences/domain/ColumnMapping"
import { fold } from "@audiences/domain/Fold"
import { OrderInput } from "@audiences/domain/Order"
import { problemIssue, type ValidationIssue } from "@audiences/domain/ValidationError"
import { type DateTime, Result } from "effect"
import type { Identifiers } from "../../consumers/Identity.ts"
import { attributeCells, bySchema, type CellReader, trimmed } from "./ConsumerCells.ts"
import type { RejectedRow } from "./ConsumerCsv.ts"
import type { CsvRecord } from "../csv/CsvRecords.ts"
import { fileColumns } from "./FileColumns.ts"
import { orderColumns, type OrderField, orderFields, orderOwners } from "./OrderColumns.ts"
import { raggedIssue } from "./RaggedRow.ts"

/** A row that says all of an order. */
export interface OrderRow {
  readonly line: number
  readonly orderId: string
  /** Whose it is: one identifier at least. */
  readonly owner: Identifiers
  readonly orderedAt: DateTime.Utc
  readonly total: string
}

const readers: { readonly [Name in OrderField]: CellReader } = {
  orderId: trimmed(bySchema(OrderInput.fields.orderId)),
  orderedAt: trimmed(attributeCells("lastOrderAt")),
  total: trimmed(attributeCells("ltv")),
  email: trimmed(attributeCells("email")),
  phone: trimmed(attributeCells("phone")),
  externalId: trimmed(attributeCells("primaryExternalId"))
}

const missing = (header: string): ValidationIssue =>
  problemIssue(
    { [header]: "" },
    { path: [header], type: "required", expected: "a value", message: "The cell is blank" }
  )

const ownerless = (): ValidationIssue =>
  problemIssue(undefined, {
    path: [],
    type: "identifier",
    expected: "email, phone or externalId",
    message: "None of email, phone and externalId is given"
  })

/** Reads the rows of one file of orders, by its header. */
export class OrderCsv {
  readonly #headers: ReadonlyArray<string>
  readonly #positions: ReadonlyMap<OrderField, number>

  /** Throws `FileRefused` when the header is none of a list of orders. */
  constructor(header: CsvRecord, mapping?: ColumnMapping) {
    const columns = fileColumns(orderColumns, header.cells, header.line, mapping)
    this.#headers = header.cells.map((name) => name.trim())
    this.#positions = new Map(
      columns.flatMap((column, at) => (column._tag === "Field" ? [[column.name, at] as const] : []))
    )
  }

  row({ line, cells }: CsvRecord): Result.Result<OrderRow, RejectedRow> {
    if (cells.length !== this.#headers.length) {
      return Result.fail({ line, issues: [raggedIssue(cells.length, this.#headers.length)] })
    }
    const issues: Array<ValidationIssue> = []
    const read = (name: OrderField): unknown => {
      const at = this.#positions.get(name)
      if (at === undefined || cells[at]!.trim() === "") return undefined
      const value = readers[name](cells[at]!, this.#headers[at]!)
      if (Result.isSuccess(value)) return value.success
      issues.push(...value.failure)
      return null
    }
    const [orderId, orderedAt, total] = orderFields.map((name) => {
      const value = read(name)
      if (value === undefined) issues.push(missing(this.#headers[this.#positions.get(name)!]!))
      return value
    })
    const [email, phone, externalId] = orderOwners.map(read)
    if (email === undefined && phone === undefined && externalId === undefined) issues.push(ownerless())
    if (issues.length > 0) return Result.fail({ line, issues })
    return Result.succeed({
      line,
      orderId: orderId as string,
      orderedAt: orderedAt as DateTime.Utc,
      total: total as string,
      owner: {
        email: email === undefined ? null : fold(email as string),
        phone: (phone as string | undefined) ?? null,
        externalId: externalId === undefined ? null : fold(externalId as string)
      }
    })
  }
}
