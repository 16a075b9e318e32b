import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { compared, median, type Row } from "../bench/Benchmark.ts"

const program = fileURLToPath(new URL("../bench/bench.ts", import.meta.url))

const bench = (...parameters: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, ["--conditions=@audiences/source", program, ...parameters])

describe("npm run bench", () => {
  it("compares a bound with the ratio that was measured", () => {
    const row = { work: "", unit: "ms", figure: 3, reference: 2 }
    assert.deepInclude(compared({ ...row, reach: { atMost: 1.5 } }), { ratio: 1.5, reach: "≤ 1.5×", met: true })
    assert.deepInclude(compared({ ...row, reach: { atLeast: 2 } }), { ratio: 1.5, reach: "≥ 2×", met: false })
    assert.deepInclude(compared(row), { reach: "", met: null, figure: "3 ms", reference: "2 ms" })
    assert.deepStrictEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5])
  })

  it("runs a bench by its name, on a server of its own, and exits with 0 whatever the figures are", async () => {
    const { stdout } = await bench("audience-read", "--rows", "10", "--seconds", "0.05", "--json", "--sources")
    const rows = JSON.parse(stdout) as ReadonlyArray<Row>
    // Of processor time there may be none: what took less than a tick of the system's clock.
    assert.isAbove(rows[0]?.ratio ?? 0, 0)
    for (const { figure, reference } of rows) assert.match(`${figure}, ${reference}`, /^\S+ (.+), \S+ \1$/)
  }, 120_000)

  it("refuses a name it does not know, telling those it knows", async () => {
    const failure = await bench("nothing").then(
      () => undefined,
      (error: { readonly stderr: string; readonly code: number }) => error
    )
    assert.strictEqual(failure?.code, 1)
    assert.include(failure?.stderr, "no bench is called nothing: there are")
    assert.include(failure?.stderr, "audience-read")
  })
})
