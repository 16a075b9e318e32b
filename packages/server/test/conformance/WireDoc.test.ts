import { openApiDocument } from "@audiences/domain/api/OpenApiDocument"
import { assert, describe, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { nameOf, wireOperations } from "./Wire.ts"

const read = () => readFile(new URL("../../../../docs/wire.md", import.meta.url), "utf8")

/** Every operation that this server has, and what the document calls it. */
const operations = Object.entries(
  openApiDocument().paths as Record<string, Record<string, { summary?: string }>>
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { summary }]) => ({ name: `${method.toUpperCase()} ${path}`, summary }))
)

describe("docs/wire.md", () => {
  it("lists the published operations, each with its state", async () => {
    const rows = [...(await read()).matchAll(/^\| `([A-Z]+ \/[^`]*)` (?:\|[^|\n]*){3}\| ([^|\n]+) \|$/gm)].map(
      ([, name, state]) => ({ name, state })
    )
    assert.deepStrictEqual(
      rows,
      wireOperations.map(nameOf).map((name) => ({ name, state: "answers" }))
    )
  })

  it("lists the extensions, by their names", async () => {
    const rows = [...(await read()).matchAll(/^\| `([A-Z]+ \/[^`]*)` \| ([^|\n]+) \|$/gm)].map(([, name, summary]) => ({
      name,
      summary
    }))
    const published = new Set(wireOperations.map(nameOf))
    assert.sameDeepMembers(
      rows,
      operations.filter(({ name }) => !published.has(name))
    )
  })
})
