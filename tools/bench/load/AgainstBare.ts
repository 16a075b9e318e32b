import { compared, median, type Reach, type Row } from "../Benchmark.ts"
import { processMillis } from "../ProcessTime.ts"
import { BareServer } from "./BareServer.ts"
import { type LoadResult, underLoad } from "./Load.ts"

const rounds = 5
export const connections = 64

interface Answering {
  readonly origin: string
  readonly pid: number
}

type Figures = LoadResult & { readonly microsPerRequest: number }

const loaded = async (
  { origin, pid }: Answering,
  paths: ReadonlyArray<string>,
  headers: Readonly<Record<string, string>>,
  millis: number
): Promise<Figures> => {
  const before = await processMillis(pid)
  const result = await underLoad({ url: origin, paths, headers, connections, millis })
  const spent = ((await processMillis(pid)) ?? Number.NaN) - (before ?? Number.NaN)
  return { ...result, microsPerRequest: (spent * 1000) / result.requests }
}

/**
 * Requests to a server and to a bare `node:http` that answers the same bytes, in a closed loop and in turn. The second row compares what
 * the two processes compute for a request, which others on the machine change less than what they get done.
 */
export const againstBare = async (options: {
  readonly work: string
  readonly server: Answering
  /** Asked for in turn; all answers are as long as that of the first. */
  readonly paths: ReadonlyArray<string>
  readonly headers: Readonly<Record<string, string>>
  readonly roundMillis: number
  readonly reach?: Reach
}): Promise<{ readonly rows: ReadonlyArray<Row>; readonly requestsPerSecond: number }> => {
  const { headers, paths, roundMillis, server, work } = options
  const body = await fetch(server.origin + (paths[0] ?? ""), { headers }).then((answer) => answer.text())
  await using bare = await BareServer.start(body)
  await loaded(server, paths, headers, roundMillis / 2)
  await loaded(bare, paths, headers, roundMillis / 2)
  const ours: Array<Figures> = []
  const theirs: Array<Figures> = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await loaded(server, paths, headers, roundMillis))
    theirs.push(await loaded(bare, paths, headers, roundMillis))
  }
  const of = (figure: keyof Figures) => ({
    figure: median(ours.map((each) => each[figure])),
    reference: median(theirs.map((each) => each[figure]))
  })
  return {
    requestsPerSecond: of("requestsPerSecond").figure,
    rows: [
      compared({
        work: `${work}, ${connections} connections, closed loop`,
        unit: "requests/s",
        ...of("requestsPerSecond"),
        ...(options.reach === undefined ? {} : { reach: options.reach })
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
