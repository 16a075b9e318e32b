import { type Bench, compared, median } from "../Benchmark.ts"
import { main } from "../data/audiences.mjs"
import { BareServer } from "../load/BareServer.ts"
import { type LoadResult, underLoad } from "../load/Load.ts"
import { processMillis } from "../ProcessTime.ts"
import { ServerProcess } from "../ServerProcess.ts"

const rounds = 5
const connections = 64

type Figures = LoadResult & { readonly microsPerRequest: number }

/** `GET /api/audiences/{id}`, an audience of ten rules, read from PostgreSQL each time. */
const bench: Bench = {
  name: "audience-read",
  describe: "requests per second of GET /api/audiences/{id} against bare node:http answering the same bytes",
  run: async (size) => {
    await using server = await ServerProcess.start(size)
    const { id } = await server.call<{ id: string }>("POST", "/audiences", {
      name: "Main",
      type: "DYNAMIC",
      rules: main,
      refreshIntervalSeconds: null
    })
    const path = `/api/audiences/${id}`
    const body = await fetch(server.origin + path, { headers: server.headers }).then((answer) => answer.text())
    await using bare = await BareServer.start(body)
    const load = async ({ origin, pid }: { readonly origin: string; readonly pid: number }, millis: number) => {
      const before = await processMillis(pid)
      const result = await underLoad({
        url: origin + path,
        headers: { authorization: server.headers.authorization ?? "" },
        connections,
        millis
      })
      const spent = ((await processMillis(pid)) ?? Number.NaN) - (before ?? Number.NaN)
      return { ...result, microsPerRequest: (spent * 1000) / result.requests }
    }
    await load(server, size.roundMillis / 3)
    await load(bare, size.roundMillis / 3)
    const ours: Array<Figures> = []
    const theirs: Array<Figures> = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await load(server, size.roundMillis))
      theirs.push(await load(bare, size.roundMillis))
    }
    const of = (figure: keyof Figures) => ({
      figure: median(ours.map((each) => each[figure])),
      reference: median(theirs.map((each) => each[figure]))
    })
    return [
      compared({
        work: `GET /api/audiences/{id}, ${connections} connections, closed loop`,
        unit: "requests/s",
        ...of("requestsPerSecond")
      }),
      compared({
        work: "the same, processor time of the HTTP server",
        unit: "µs a request",
        ...of("microsPerRequest")
      }),
      compared({ work: "the same, 99th percentile of the time to answer", unit: "ms", ...of("p99Millis") })
    ]
  }
}

export default bench
