import { Consumer, ConsumerFull } from "@audiences/domain/Consumer"
import type { ExportFormat } from "@audiences/domain/MemberExport"
import { Effect, Schema, Struct } from "effect"
import { guardCell } from "./SpreadsheetCell.ts"

/** What an import would not take, or what says nothing to anybody else. */
const left: ReadonlySet<string> = new Set([
  "organizationId",
  "primarySyncSourceId",
  "primarySourceVendor",
  "primaryLastSyncedAt",
  "verificationCode",
  "verificationCodeExpiresAt",
  "archived",
  "createdBy",
  "updatedBy"
])

const columns = Struct.keys(Consumer.fields).filter((name) => !left.has(name))

const encode = Schema.encodeEffect(ConsumerFull)

type Encoded = typeof ConsumerFull.Encoded

const text = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)

/** RFC 4180: what holds a delimiter, a quote or a line end stands in quotes. */
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const csvLine = (cells: ReadonlyArray<string>): string => `${cells.map(quoted).join(",")}\r\n`

/** The first line of a file; NDJSON has none. */
export const headerOf = (format: ExportFormat): string => (format === "csv" ? csvLine(columns) : "")

/** A consumer as a line of a file. */
export const lineOf = (consumer: ConsumerFull, format: ExportFormat, spreadsheet: boolean): Effect.Effect<string> =>
  Effect.map(Effect.orDie(encode(consumer)), (encoded: Encoded) => {
    if (format === "ndjson") return `${JSON.stringify(encoded)}\n`
    const cells = columns.map((name) => text(encoded[name]))
    return csvLine(spreadsheet ? cells.map(guardCell) : cells)
  })
