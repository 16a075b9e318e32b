import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { ServerProcess } from "../bench/ServerProcess.ts"

const commandLine = fileURLToPath(new URL("../../packages/cli/bin/audiences.js", import.meta.url))

describe("the programs as they are built", () => {
  it("start, and speak with each other", async () => {
    await using server = await ServerProcess.start({ fromSources: false })
    const env = {
      PATH: process.env.PATH,
      AUDIENCES_URL: `${server.origin}/api`,
      AUDIENCES_SECRET_KEY: server.secretKey
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [commandLine, "create", "VIPs", "--where", "ltv > 5"],
      {
        env
      }
    )
    const { id } = JSON.parse(stdout) as { readonly id: string }
    const made = (await server.call("GET", `/audiences/${id}`)) as object
    assert.deepInclude(made, { name: "VIPs", type: "DYNAMIC" })
  }, 120_000)
})
