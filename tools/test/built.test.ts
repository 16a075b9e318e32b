import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { writeConsumerFile } from "../bench/imports/ConsumerFile.ts"
import { sendFile, untilEnded } from "../bench/imports/ImportedFile.ts"
import { PrivateFolder } from "../bench/PrivateFolder.ts"
import { ServerProcess } from "../bench/ServerProcess.ts"

const commandLine = fileURLToPath(new URL("../../packages/cli/bin/audiences.js", import.meta.url))

const rows = 5_000

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

  it("bring in a file that is large enough for a thread of its own", async () => {
    await using folder = await PrivateFolder.make()
    await using server = await ServerProcess.start({ fromSources: false })
    const path = join(folder.path, "consumers.csv")
    assert.isAbove(await writeConsumerFile(path, rows), 1024 ** 2)
    const { id } = await server.call<{ id: string }>("POST", "/audiences", { name: "List", type: "STATIC_LIST" })
    await sendFile(server, id, path)
    const ended = await untilEnded(server, id)
    assert.deepInclude(ended, { status: "COMPLETED", createdRows: rows, failureReason: null })
  }, 120_000)
})
