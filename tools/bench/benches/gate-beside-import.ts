import { join } from "node:path"
import { type Bench, compared, median } from "../Benchmark.ts"
import { importEverybody, questions } from "../gate/Everybody.ts"
import { writeConsumerFile } from "../imports/ConsumerFile.ts"
import { sendFile, untilEnded } from "../imports/ImportedFile.ts"
import { connections } from "../load/AgainstBare.ts"
import { underLoad } from "../load/Load.ts"
import { PrivateFolder } from "../PrivateFolder.ts"
import { ServerProcess } from "../ServerProcess.ts"

const asked = 2000
const rounds = 3
/** Few enough that the questions leave the import most of a processor. */
const requestsPerSecond = 1000

/** How long people wait at the gate while a file of people who are new comes in: as many as are there before. */
const bench: Bench = {
  name: "gate-beside-import",
  describe: "the gate's 99th percentile while a file of as many new consumers is imported, beside no import",
  run: async (size) => {
    await using folder = await PrivateFolder.make()
    await using server = await ServerProcess.start(size)
    const { listId, people } = await importEverybody(server, size.rows)
    const { id } = await server.call<{ id: string }>("POST", "/audiences", { name: "More", type: "STATIC_LIST" })
    const path = join(folder.path, "more.csv")
    await writeConsumerFile(path, size.rows, size.rows)
    const asking = () =>
      underLoad({
        url: server.origin,
        paths: questions(asked, [{ id: listId }], people),
        headers: { authorization: server.headers.authorization ?? "" },
        connections,
        millis: size.roundMillis,
        requestsPerSecond
      })
    await asking()
    const quiet: Array<number> = []
    for (let round = 0; round < rounds; round++) quiet.push((await asking()).p99Millis)
    await sendFile(server, id, path)
    let going = true
    const ended = untilEnded(server, id).finally(() => (going = false))
    const beside: Array<number> = []
    while (going) beside.push((await asking()).p99Millis)
    const { createdRows } = await ended
    if (createdRows !== size.rows) throw new Error(`the import brought ${createdRows} in place of ${size.rows}`)
    const row = { unit: "ms", reference: median(quiet) }
    const work = `gate at ${requestsPerSecond} requests/s, 99th percentile, while ${size.rows} new consumers are imported`
    return [
      compared({ ...row, work: `${work}, median of ${beside.length} rounds`, figure: median(beside) }),
      compared({ ...row, work: "the same, the worst of these rounds", figure: Math.max(...beside) })
    ]
  }
}

export default bench
