import { assert, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { notYet } from "./Deviations.ts"
import { nameOf, wireOperations } from "./Wire.ts"

it("docs/wire.md lists the published operations, each with its state", async () => {
  const text = await readFile(new URL("../../../../docs/wire.md", import.meta.url), "utf8")
  const rows = [...text.matchAll(/^\| `([A-Z]+ \/[^`]*)` (?:\|[^|\n]*){3}\| ([^|\n]+) \|$/gm)].map(
    ([, name, state]) => ({
      name,
      state
    })
  )
  assert.deepStrictEqual(
    rows,
    wireOperations.map(nameOf).map((name) => ({ name, state: notYet.includes(name) ? "501" : "answers" }))
  )
})
