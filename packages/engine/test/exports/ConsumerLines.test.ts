import { ConsumerCreate, type ConsumerFull, ConsumerId } from "@audiences/domain/Consumer"
import { OrganizationId } from "@audiences/domain/Organization"
import { type ConsumerPatch, patchOfCreate } from "@audiences/engine/consumers/ConsumerPatch"
import { headerOf, lineOf } from "@audiences/engine/exports/ConsumerLines"
import { unguardCell } from "@audiences/engine/exports/SpreadsheetCell"
import { ConsumerCsv } from "@audiences/engine/imports/rows/ConsumerCsv"
import { csvRecords } from "@audiences/engine/imports/csv/CsvRecords"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Result, Schema, Stream } from "effect"

const id = ConsumerId.make("0190a000-0000-7000-8000-000000000001")
const organizationId = OrganizationId.make("0190a000-0000-7000-8000-000000000002")

/** Somebody as an answer has them, of whom so much is known. */
const consumerOf = (known: ConsumerPatch): ConsumerFull => ({
  id,
  organizationId,
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE",
  ...known,
  archived: false,
  createdAt: DateTime.makeUnsafe(0),
  createdBy: "key:test",
  primarySyncSource: null
})

/** An instant that no request can bring: years have four digits there. */
const isFar = (value: unknown): boolean => DateTime.isDateTime(value) && !/^\d{4}-/.test(DateTime.formatIso(value))

const givable = (create: ConsumerCreate): ConsumerPatch =>
  Object.fromEntries(Object.entries(patchOfCreate(create)).filter(([, value]) => !isFar(value)))

/** What an import of a file says of its only row. */
const readBack = Effect.fnUntraced(function* (file: string, spreadsheet: boolean) {
  const [header, row, ...more] = yield* Stream.runCollect(csvRecords(Stream.make(Buffer.from(file) as Uint8Array)))
  assert.deepStrictEqual(more, [])
  const cells = spreadsheet ? row!.cells.map(unguardCell) : row!.cells
  return Result.getOrThrow(new ConsumerCsv(header!).row({ ...row!, cells })).patch
})

/** A file cannot tell an empty text from none, keeps no spaces around texts, and has the zeros that JSON has: one. */
const told = (value: unknown): unknown => {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim()
  if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
  return value == null ? undefined : JSON.parse(JSON.stringify(value))
}

const said = ({ metadata, ...patch }: ConsumerPatch) =>
  Object.fromEntries(
    Object.entries({ ...patch, metadata: Object.keys(metadata ?? {}).length === 0 ? null : metadata }).flatMap(
      ([name, value]) => (told(value) === undefined ? [] : [[name, told(value)]])
    )
  )

describe("a consumer's line", () => {
  it.effect.prop(
    "says in an import what was known, guarded against spreadsheets or not",
    [ConsumerCreate, Schema.Boolean],
    ([create, spreadsheet]) =>
      Effect.gen(function* () {
        const known = { ...givable(create), primaryExternalId: "=1" }
        const line = yield* lineOf(consumerOf(known), "csv", spreadsheet)
        assert.deepStrictEqual(said(yield* readBack(headerOf("csv") + line, spreadsheet)), said(known))
      }),
    { arbitrary: { runs: 500 } }
  )
})
