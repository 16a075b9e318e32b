import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { bar, shorterBar } from "@audiences/cli/output/Bar"
import { printable, printableJson } from "@audiences/cli/output/Printable"
import { cut, table } from "@audiences/cli/output/Table"

const plain = (width: number) => ({ width, heading: (text: string) => text, cell: (text: string) => text })
const columns = [{ title: "ID" }, { title: "NAME", shrinks: true }, { title: "N", align: "right" as const }]

describe("table", () => {
  it("aligns by the cells that characters occupy", () => {
    const lines = table(
      columns,
      [
        ["1", "Ada", "3"],
        ["2", "高価値", "12"],
        ["3", "👩‍👩‍👧 x", "1"],
        ["4", "e\u0301", "100"]
      ],
      plain(80)
    ).split("\n")
    assert.deepStrictEqual(lines, [
      "ID  NAME      N",
      "1   Ada       3",
      "2   高価値   12",
      "3   👩‍👩‍👧 x      1",
      "4   e\u0301       100"
    ])
  })

  it("cuts the columns that may shrink, and then the line, to the width of the terminal", () => {
    const rows = [["01984a3e", "a name that is much too long", "7"]]
    assert.strictEqual(table(columns, rows, plain(30)).split("\n")[1], "01984a3e  a name that is m…  7")
    for (const line of table(columns, rows, plain(12)).split("\n")) assert.isAtMost(CliOutput.displayWidth(line), 12)
  })

  it("draws all bars shorter by one measure where there is no room for them", () => {
    const chart = [...columns, { title: "", scaled: shorterBar }]
    const rows = [24, 12, 1, 0].map((amount) => ["1", "a name", String(amount), bar(amount, 24)])
    const bars = (width: number) =>
      table(chart, rows, plain(width))
        .split("\n")
        .slice(1)
        .map((line) => line.replace(/^[^█-▏]*/, ""))
    assert.deepStrictEqual(bars(80), ["█".repeat(24), "█".repeat(12), "█", ""])
    assert.deepStrictEqual(bars(29), ["█".repeat(13), `${"█".repeat(6)}▌`, "▌", ""])
    assert.deepStrictEqual(bars(17), ["█", "▌", "▏", ""])
    assert.deepStrictEqual(bars(16), ["", "", "", ""])
    for (const width of [5, 13, 14, 20, 40])
      for (const line of table(chart, rows, plain(width)).split("\n"))
        assert.isAtMost(CliOutput.displayWidth(line), width)
  })

  it("never cuts a wide character in two", () => {
    assert.strictEqual(cut("高価値", 6), "高価値")
    assert.strictEqual(cut("高価値", 5), "高価…")
    assert.strictEqual(cut("高価値", 4), "高…")
    assert.strictEqual(cut("高価値", 1), "…")
    assert.strictEqual(cut("高価値", 0), "")
  })

  it.prop(
    "keeps every line within the terminal, whatever the texts and widths",
    { names: Schema.Array(Schema.String), width: Schema.Literals([1, 5, 20, 80]) },
    ({ names, width }) => {
      const lines = table(
        columns,
        names.map((name, i) => [String(i), printable(name), "1"]),
        plain(width)
      ).split("\n")
      return lines.length === names.length + 1 && lines.every((line) => CliOutput.displayWidth(line) <= width)
    }
  )
})

describe("printable", () => {
  it("shows characters that would act on a terminal, and leaves all others", () => {
    assert.strictEqual(printable("a\u001b[31mb\u0007\u009b2J\u007f"), "a\\u001b[31mb\\u0007\\u009b2J\\u007f")
    assert.strictEqual(printable("one\ntwo\tthree\r"), "one\\ntwo\\tthree\\r")
    assert.strictEqual(printable("\u202egnp.exe\u2066"), "\\u202egnp.exe\\u2066")
    assert.strictEqual(printable("שלום 高価値 👩‍👩‍👧 é"), "שלום 高価値 👩‍👩‍👧 é")
  })

  it.prop(
    "means the same as JSON as before",
    { text: Schema.String },
    ({ text }) => JSON.parse(printableJson({ [text]: text }))[text] === text
  )

  it("escapes in JSON what JSON itself would let through", () => {
    assert.strictEqual(printableJson({ name: "\u009b2J\u202e" }), String.raw`{"name":"\u009b2J\u202e"}`)
  })
})
