import { csvRecords } from "@audiences/engine/imports/csv/CsvRecords"
import { Text } from "@audiences/domain/Scalar"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"

const pieces = (bytes: Uint8Array, size: number): Array<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))

const read = (file: string | Uint8Array, pieceBytes = 1_000_000) =>
  Stream.runCollect(
    csvRecords(Stream.fromIterable(pieces(typeof file === "string" ? Buffer.from(file) : file, pieceBytes)))
  )

const lines = (file: string | Uint8Array) =>
  Effect.map(read(file), (records) => records.map(({ line, cells }) => [line, ...cells]))
const refusal = (file: string | Uint8Array, pieceBytes?: number) => Effect.flip(read(file, pieceBytes))

const Dialect = Schema.Struct({
  delimiter: Schema.Literals([",", ";", "\t"]),
  lineEnd: Schema.Literals(["\n", "\r\n", "\r"]),
  byteOrderMark: Schema.Boolean,
  quoteAll: Schema.Boolean,
  endsInLineEnd: Schema.Boolean,
  pieceBytes: Schema.Literals([1, 2, 3, 7, 64, 100_000])
})

/** Texts as they come, and those that CSV is about. */
const Cell = Schema.Union([
  Text,
  Schema.Literals(["", '"', '""', ",", ";", "\t", "\n", "\r\n", "\r", 'a"b', " a ", 'é,"😀"\n', "\uFEFF"])
])

/** The cells in whole rows of so many; one row at least. */
const rowsOf = (columns: number, cells: ReadonlyArray<string>) => {
  const all = [...cells, ...Array<string>(columns).fill("x")]
  return Array.from({ length: Math.floor(all.length / columns) }, (_, row) =>
    all.slice(row * columns, (row + 1) * columns)
  )
}

const written = (
  table: ReadonlyArray<ReadonlyArray<string>>,
  { delimiter, lineEnd, byteOrderMark, quoteAll, endsInLineEnd }: typeof Dialect.Type
) => {
  const cell = (text: string, alone: boolean) =>
    quoteAll || /^["\uFEFF]|[,;\t\r\n]/.test(text) || (alone && text === "") ? `"${text.replaceAll('"', '""')}"` : text
  const rows = table.map((cells) => cells.map((text) => cell(text, cells.length === 1)).join(delimiter))
  return (byteOrderMark ? "\uFEFF" : "") + rows.join(lineEnd) + (endsInLineEnd ? lineEnd : "")
}

const breaks = (text: string) => text.split(/\r\n|\n|\r/).length - 1

describe("CsvRecords", () => {
  it.effect.prop(
    "reads back any table of texts, written in any dialect, with the lines that an editor shows",
    [Schema.Literals([1, 2, 3, 5]), Schema.Array(Cell), Dialect],
    ([columns, cells, dialect]) =>
      Effect.gen(function* () {
        const table = rowsOf(columns, cells)
        const records = yield* read(Buffer.from(written(table, dialect)), dialect.pieceBytes)
        assert.deepStrictEqual(
          records.map(({ cells }) => cells),
          table
        )
        let line = 1
        for (const { line: told, cells } of records) {
          assert.strictEqual(told, line)
          line += 1 + cells.reduce((sum, cell) => sum + breaks(cell), 0)
        }
      }),
    { arbitrary: { runs: 400 } }
  )

  it.effect("reads the classic spectrum of files", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lines('a,b,c\n1,2,"has, comma"\n'), [
        [1, "a", "b", "c"],
        [2, "1", "2", "has, comma"]
      ])
      assert.deepStrictEqual(yield* lines('a,b\n1,"ha ""ha"" ha"\n3,4\n'), [
        [1, "a", "b"],
        [2, "1", 'ha "ha" ha'],
        [3, "3", "4"]
      ])
      assert.deepStrictEqual(yield* lines('a,b\n"",\n,""\n'), [
        [1, "a", "b"],
        [2, "", ""],
        [3, "", ""]
      ])
      assert.deepStrictEqual(yield* lines('a,b\r\n"x\r\ny","p\nq"\r\n3,4'), [
        [1, "a", "b"],
        [2, "x\r\ny", "p\nq"],
        [5, "3", "4"]
      ])
      assert.deepStrictEqual(yield* lines('k,v\n1,"{""type"": ""Point""}"\n'), [
        [1, "k", "v"],
        [2, "1", '{"type": "Point"}']
      ])
      assert.deepStrictEqual(yield* lines("a,b\n1,ʤ\n"), [
        [1, "a", "b"],
        [2, "1", "ʤ"]
      ])
      assert.deepStrictEqual(yield* lines(""), [])
      assert.deepStrictEqual(yield* lines("a;b\n1,5;2\n"), [
        [1, "a", "b"],
        [2, "1,5", "2"]
      ])
    })
  )

  it.effect("keeps stray quotes as text, and rows of another length as they are", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lines('a,b\n6" pipe,"x"y\n3\n1,2,3\n'), [
        [1, "a", "b"],
        [2, '6" pipe', '"x"y'],
        [3, "3"],
        [4, "1", "2", "3"]
      ])
    })
  )

  it.effect("counts blank lines", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lines("\na,b\n\n1,2\n\n"), [
        [1, ""],
        [2, "a", "b"],
        [3, ""],
        [4, "1", "2"],
        [5, ""]
      ])
    })
  )

  it.effect("says where a file is not UTF-8, wherever it is cut into pieces", () =>
    Effect.gen(function* () {
      const file = Buffer.concat([
        Buffer.from("email,name\r\nä@b.co,x\r\n"),
        Buffer.from([0x63, 0xe9, 0x2c]),
        Buffer.from("y\r\n")
      ])
      for (const pieceBytes of [1, 2, 5, 1000]) {
        const { line, message } = yield* refusal(file, pieceBytes)
        assert.strictEqual(line, 3)
        assert.strictEqual(
          message,
          "The file is not UTF-8: byte 0xE9 at offset 24 (line 3). Save it as CSV in UTF-8 and upload it again."
        )
      }
      assert.include((yield* refusal(Buffer.from([0x61, 0xc3]))).message, "byte 0xC3 at offset 1 (line 1)")
      assert.include((yield* refusal("a\nb\0c\n", 1)).message, "a NUL byte at offset 3 (line 2)")
    })
  )

  it.effect("names what was uploaded in place of a CSV", () =>
    Effect.gen(function* () {
      assert.include(
        (yield* refusal(Buffer.from([0x50, 0x4b, 3, 4, 20]), 1)).message,
        "a zip archive or a spreadsheet (.xlsx)"
      )
      assert.include((yield* refusal(Buffer.from([0x89, 0x50, 0x4e, 0x47]))).message, "a PNG image")
      assert.include((yield* refusal(Buffer.from("\uFEFFa", "utf16le"))).message, "UTF-16")
    })
  )

  it.effect("refuses a quote that is never closed, and a cell without end", () =>
    Effect.gen(function* () {
      const open = yield* refusal('a,b\n1,2\n3,"open\n4,5\n')
      assert.deepStrictEqual(
        [open.line, open.message],
        [3, "A quote that is opened in the row at line 3 is never closed."]
      )
      const long = yield* refusal(`a,b\n1,"${"x\n".repeat(1_000_000)}"\n`)
      assert.deepStrictEqual(
        [long.line, long.message.slice(0, 53)],
        [2, "The row at line 2 is longer than 1048576 characters. "]
      )
    })
  )
})
