import { csvRecords } from "@audiences/engine/imports/csv/CsvRecords"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

/** Max Ogden's collection of files that CSV parsers get wrong: https://github.com/max-mapper/csv-spectrum */
const spectrum = dirname(createRequire(import.meta.url).resolve("csv-spectrum"))

const names = readdirSync(join(spectrum, "csvs")).map((file) => file.replace(/\.csv$/, ""))

/** The list that the spectrum has beside a file. Of one it has an object, with another phone number than the file's. */
const meantBy = (name: string): unknown => {
  const meant = JSON.parse(readFileSync(join(spectrum, "json", `${name}.json`), "utf8"))
  return name === "location_coordinates" ? [{ ...meant, "Contact Phone Number": "2095257564" }] : meant
}

const objects = (file: Uint8Array, pieceBytes: number) =>
  Effect.map(
    Stream.runCollect(
      csvRecords(
        Stream.fromIterable(
          Array.from({ length: Math.ceil(file.length / pieceBytes) }, (_, i) =>
            file.subarray(i * pieceBytes, (i + 1) * pieceBytes)
          )
        )
      )
    ),
    ([header, ...rows]) => rows.map(({ cells }) => Object.fromEntries(cells.map((cell, i) => [header!.cells[i], cell])))
  )

describe("the CSV spectrum", () => {
  it.effect.each(names)("is read as it is meant: %s", (name) =>
    Effect.gen(function* () {
      const file = readFileSync(join(spectrum, "csvs", `${name}.csv`))
      for (const pieceBytes of [1, 2, 5, 100_000]) {
        assert.deepStrictEqual(yield* objects(file, pieceBytes), meantBy(name))
      }
    })
  )

  it("is there", () => assert.isAtLeast(names.length, 12))
})
