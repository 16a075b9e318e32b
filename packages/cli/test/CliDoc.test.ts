import { readFile } from "node:fs/promises"
import { assert, describe, it } from "@effect/vitest"
import { ExitCode } from "@audiences/cli/ExitCode"
import { cliDocFile, freshCliDoc } from "../documentation/CliDocFile.ts"

describe("docs/cli.md", () => {
  it("says what the command is (else: npm run generate:cli-docs)", async () => {
    assert.strictEqual(await readFile(cliDocFile, "utf8"), await freshCliDoc())
  })

  it("tells every exit code", async () => {
    const page = await readFile(cliDocFile, "utf8")
    for (const code of Object.values(ExitCode)) assert.match(page, new RegExp(`^\\| ${code} \\|`, "m"))
  })
})
