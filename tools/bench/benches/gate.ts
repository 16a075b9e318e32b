import { type Bench, compared, median } from "../Benchmark.ts"
import { many } from "../data/audiences.mjs"
import { importEverybody, questions } from "../gate/Everybody.ts"
import { againstBare, connections } from "../load/AgainstBare.ts"
import { underLoad } from "../load/Load.ts"
import { ServerProcess } from "../ServerProcess.ts"

/** Different questions that are asked. */
const asked = 2000

interface Identified {
  readonly id: string
}

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

const untilEvaluated = async (server: ServerProcess, audiences: ReadonlyArray<Identified>): Promise<void> => {
  for (const { id } of audiences) {
    while ((await server.call<{ version: number; inProgress: boolean }>("GET", `/audiences/${id}/status`)).inProgress) {
      await pause(100)
    }
  }
}

/** Asks every audience for a refresh, and waits for all, again and again; how long one round took, in milliseconds. */
const refreshing = (server: ServerProcess, audiences: ReadonlyArray<Identified>) => {
  const times: Array<number> = []
  let wanted = true
  const ended = (async () => {
    while (wanted) {
      const began = performance.now()
      for (const { id } of audiences) await server.call("POST", `/audiences/${id}/refresh`)
      await untilEvaluated(server, audiences)
      times.push(performance.now() - began)
    }
  })()
  return { times, stop: () => ((wanted = false), ended) }
}

const bench: Bench = {
  name: "gate",
  describe: "whether a consumer is in an audience, over HTTP, and beside endless refreshes",
  run: async (size) => {
    await using server = await ServerProcess.start(size)
    const { listId, people } = await importEverybody(server, size.rows)
    const paths = questions(asked, [{ id: listId }], people)
    const headers = { authorization: server.headers.authorization ?? "" }
    const { requestsPerSecond: rate, rows } = await againstBare({
      work: "gate over HTTP",
      server,
      paths,
      headers,
      roundMillis: size.roundMillis,
      reach: { atLeast: 0.7 }
    })

    const audiences: Array<Identified> = []
    for (const [i, rules] of many.entries()) {
      audiences.push(
        await server.call<Identified>("POST", "/audiences", {
          name: `Audience ${i}`,
          type: "DYNAMIC",
          rules,
          refreshIntervalSeconds: null
        })
      )
    }
    await untilEvaluated(server, audiences)
    const mixed = questions(asked, audiences, people)
    const steady = (millis: number) =>
      underLoad({
        url: server.origin,
        paths: mixed,
        headers,
        connections,
        millis,
        requestsPerSecond: Math.floor(rate / 4)
      })
    await steady(size.roundMillis)
    const quiet = await steady(size.roundMillis * 3)
    const alone = refreshing(server, audiences)
    await pause(size.roundMillis * 3)
    await alone.stop()
    const beside = refreshing(server, audiences)
    const loaded = await steady(size.roundMillis * 6)
    await beside.stop()
    return [
      ...rows,
      compared({
        work: `gate at ${Math.floor(rate / 4)} requests/s, 99th percentile, while the ${audiences.length} refresh without end, against no refresh`,
        unit: "ms",
        figure: loaded.p99Millis,
        reference: quiet.p99Millis,
        reach: { atMost: 3 }
      }),
      compared({
        work: `refresh of the ${audiences.length} beside that load, against no load`,
        unit: "ms",
        figure: median(beside.times),
        reference: median(alone.times),
        reach: { atMost: 2 }
      })
    ]
  }
}

export default bench
