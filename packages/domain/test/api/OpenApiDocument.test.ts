import { openApiDocument } from "@audiences/domain/api/OpenApiDocument"
import { assert, describe, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"

const document = openApiDocument()
const text = JSON.stringify(document)

describe("the OpenAPI document", () => {
  it("equals spec/openapi.json (else: npm run generate:openapi)", async () => {
    const committed = await readFile(new URL("../../../../spec/openapi.json", import.meta.url), "utf8")
    assert.strictEqual(committed, `${JSON.stringify(document, null, 2)}\n`)
  })

  it("is version 3.1 and relative to the base path", () => {
    assert.strictEqual(document.openapi, "3.1.0")
    assert.deepStrictEqual(document.servers, [{ url: "/api" }])
  })

  it("has clean names, and no reference without a target", () => {
    const names = Object.keys(document.components.schemas)
    assert.deepStrictEqual(
      names.filter((name) => name.endsWith("Encoded") || name === "Text"),
      []
    )
    const references = Array.from(text.matchAll(/"#\/components\/schemas\/([^"]+)"/g), (match) => match[1]!)
    assert.deepStrictEqual(
      references.filter((name) => !names.includes(name)),
      []
    )
  })

  it("lets unknown keys pass and keeps tags of errors off the wire", () => {
    assert.notInclude(text, '"additionalProperties":false')
    assert.notInclude(text, '"_tag"')
  })
})
