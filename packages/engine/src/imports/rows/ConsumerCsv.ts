import type { ColumnMapping } from "@audiences/domain/ColumnMapping"
import type { ConsumerMetadata } from "@audiences/domain/Scalar"
import { problemIssue, type ValidationIssue } from "@audiences/domain/ValidationError"
import { Result } from "effect"
import type { ConsumerPatch } from "../../consumers/ConsumerPatch.ts"
import { attributeCells, type CellReader, metadataCells, tagsOf, textCells, trimmed } from "./ConsumerCells.ts"
import { type ConsumerColumn, consumerColumns, isIdentifier } from "./CsvColumns.ts"
import { fileColumns } from "./FileColumns.ts"
import { raggedIssue } from "./RaggedRow.ts"
import type { CsvRecord } from "../csv/CsvRecords.ts"

/** A row that says something of a consumer. Its metadata is added to what is known, key by key; blank cells are absent. */
export interface ImportedRow {
  readonly line: number
  readonly patch: ConsumerPatch
}

export interface RejectedRow {
  readonly line: number
  readonly issues: ReadonlyArray<ValidationIssue>
}

/** A blank line is no row. */
export const isBlank = (record: CsvRecord): boolean => record.cells.length === 1 && record.cells[0]!.trim() === ""

interface Draft {
  readonly patch: { -readonly [Name in keyof ConsumerPatch]: ConsumerPatch[Name] }
  /** What columns of single keys say: more exact than one of whole objects. */
  metadata: Map<string, ConsumerMetadata[string]> | undefined
  wholeMetadata: ConsumerMetadata | undefined
  firstName: string
  lastName: string
}

type Put = (draft: Draft, value: never) => void

const namelessCells: CellReader = (text, header) =>
  Result.fail([
    problemIssue(
      { [header]: text },
      {
        path: [header],
        type: "header",
        expected: "nothing",
        message: "The cell stands in a column that the header does not name"
      }
    )
  ])

const cellReader = (column: ConsumerColumn): readonly [CellReader, Put] | undefined => {
  switch (column._tag) {
    case "Attribute":
      return [trimmed(attributeCells(column.name)), (draft, value) => void (draft.patch[column.name] = value)]
    case "FirstName":
      return [trimmed(textCells), (draft, value: string) => void (draft.firstName = value)]
    case "LastName":
      return [trimmed(textCells), (draft, value: string) => void (draft.lastName = value)]
    case "Metadata":
      return [textCells, (draft, value) => void (draft.metadata ??= new Map()).set(column.key, value)]
    case "MetadataObject":
      return [metadataCells, (draft, value: ConsumerMetadata) => void (draft.wholeMetadata = value)]
    case "Tags":
      return [textCells, (draft, value: string) => void (draft.metadata ??= new Map()).set("tags", tagsOf(value))]
    case "ServerSet":
    case "LeftOut":
      return undefined
    case "Nameless":
      return [namelessCells, () => {}]
  }
}

/** Reads the rows of one file, by its header. */
export class ConsumerCsv {
  readonly #headers: ReadonlyArray<string>
  readonly #columns: ReadonlyArray<readonly [CellReader, Put] | undefined>
  readonly #identifying: ReadonlyArray<number>

  /** Throws `FileRefused` when the header is none of a list of consumers. */
  constructor(header: CsvRecord, mapping?: ColumnMapping) {
    const columns = fileColumns(consumerColumns, header.cells, header.line, mapping)
    this.#columns = columns.map(cellReader)
    this.#identifying = columns.flatMap((column, i) => (isIdentifier(column) ? [i] : []))
    this.#headers = header.cells.map((name) => name.trim())
  }

  row({ line, cells }: CsvRecord): Result.Result<ImportedRow, RejectedRow> {
    if (cells.length !== this.#headers.length)
      return Result.fail({ line, issues: [raggedIssue(cells.length, this.#headers.length)] })
    const issues: Array<ValidationIssue> = []
    const draft: Draft = { patch: {}, metadata: undefined, wholeMetadata: undefined, firstName: "", lastName: "" }
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!
      const column = this.#columns[i]
      if (column === undefined || cell.trim() === "") continue
      const [read, put] = column
      const value = read(cell, this.#headers[i]!)
      if (Result.isSuccess(value)) put(draft, value.success as never)
      else issues.push(...value.failure)
    }
    if (!this.#identifying.some((i) => cells[i]!.trim() !== "")) issues.push(unidentified())
    return issues.length === 0 ? Result.succeed({ line, patch: patchOf(draft) }) : Result.fail({ line, issues })
  }
}

const unidentified = (): ValidationIssue =>
  problemIssue(undefined, {
    path: [],
    type: "identifier",
    expected: "email, phone or externalId",
    message: "None of email, phone and externalId is given"
  })

const metadataOf = ({ metadata, wholeMetadata }: Draft): ConsumerMetadata | undefined => {
  if (metadata === undefined) return wholeMetadata
  if (wholeMetadata === undefined) return Object.fromEntries(metadata)
  return { ...wholeMetadata, ...Object.fromEntries(metadata) }
}

const patchOf = (draft: Draft): ConsumerPatch => {
  const { firstName, lastName, patch } = draft
  const fullName = `${firstName} ${lastName}`.trim()
  if (patch.fullName === undefined && fullName !== "") patch.fullName = fullName
  const metadata = metadataOf(draft)
  // An empty object says nothing.
  if (metadata !== undefined && Object.keys(metadata).length > 0) patch.metadata = metadata
  return patch
}
