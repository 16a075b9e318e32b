import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { type Bench, rounded } from "../Benchmark.ts"
import { writeConsumerFile } from "../imports/ConsumerFile.ts"
import { sendFile, untilEnded } from "../imports/ImportedFile.ts"
import { PrivateFolder } from "../PrivateFolder.ts"
import { PrivatePostgres } from "../PrivatePostgres.ts"
import { residentMemory } from "../ProcessMemory.ts"
import { ServerProcess } from "../ServerProcess.ts"

/** MiB that an import may take, however large its file is. */
const bound = 250

/** How long the server is left alone before it counts as idle. */
const idleMillis = 3000
const lookMillis = 250

/** How much larger the server gets while it takes and imports a file. */
const bench: Bench = {
  name: "import-memory",
  describe: "resident memory of the server while it imports one file, over the idle server (try --rows 5000000)",
  run: async (size) => {
    await using folder = await PrivateFolder.make()
    await using postgres = await PrivatePostgres.start()
    const path = join(folder.path, "consumers.csv")
    const bytes = await writeConsumerFile(path, size.rows)
    await using server = await ServerProcess.start({ ...size, databaseUrl: postgres.url })
    const { id } = await server.call<{ id: string }>("POST", "/audiences", { name: "List", type: "STATIC_LIST" })
    await setTimeout(idleMillis)
    const idle = await residentMemory(server.pid)
    let most = idle
    let going = true
    const looking = (async () => {
      while (going) {
        most = Math.max(most, await residentMemory(server.pid))
        await setTimeout(lookMillis)
      }
    })()
    const start = performance.now()
    await sendFile(server, id, path)
    const ended = await untilEnded(server, id)
    const seconds = (performance.now() - start) / 1000
    going = false
    await looking
    if (ended.status !== "COMPLETED" || ended.createdRows !== size.rows) throw new Error(JSON.stringify(ended))
    const growth = most - idle
    return [
      {
        work: `${rounded(size.rows)} rows, ${rounded(bytes / 2 ** 20)} MiB, in ${rounded(seconds)} s: growth of the server at most`,
        figure: `${rounded(growth)} MiB`,
        reference: `${rounded(idle)} MiB idle`,
        ratio: null,
        reach: `≤ ${bound} MiB`,
        met: growth <= bound
      }
    ]
  }
}

export default bench
