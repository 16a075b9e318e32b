import { assert, describe, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { clientDocFile, freshClientDoc } from "../client-docs/ClientDocFile.ts"
import { groups } from "../client-docs/Operations.ts"

describe("docs/client.md", () => {
  it("says what the client is (else: npm run generate:client-docs)", async () => {
    assert.strictEqual(await readFile(clientDocFile, "utf8"), await freshClientDoc())
  })

  it("knows the request of every operation but those that make several", () => {
    const several = groups().flatMap(({ name, operations }) =>
      operations.filter(({ request }) => request === "").map(({ call }) => `${name}.${call.replace(/\(.*/, "")}`)
    )
    assert.deepStrictEqual(several, ["members.check", "imports.send", "imports.upload"])
  })
})
