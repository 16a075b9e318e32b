import { spawn } from "node:child_process"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { type Bench, compared, median, type Row } from "../Benchmark.ts"

const bin = fileURLToPath(new URL("../../../packages/cli/bin/audiences.js", import.meta.url))
const id = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f11"

/** Most that a start may take, as a multiple of Node's own. */
const most = 6
/** Starts of each kind in a second of `--seconds`, at least. */
const startsPerSecond = 5

interface Start {
  readonly work: string
  readonly args: ReadonlyArray<string>
  /** Whether the time until its request arrives is taken, and not until it ends. */
  readonly asks: boolean
}

const node: Start = { work: "node -e 0", args: ["-e", "0"], asks: false }

const starts: ReadonlyArray<Start> = [
  { work: "--help", args: [bin, "--help"], asks: false },
  { work: "create --help", args: [bin, "create", "--help"], asks: false },
  { work: "list", args: [bin, "list"], asks: true },
  { work: "count", args: [bin, "count", id], asks: true },
  { work: "check", args: [bin, "check", id, "ada@example.com"], asks: true },
  { work: "create --where", args: [bin, "create", "VIPs", "--where", "ltv >= 1000"], asks: true },
  { work: "consumers list", args: [bin, "consumers", "list"], asks: true },
  { work: "keys list", args: [bin, "keys", "list"], asks: true }
]

/** A server that notes when it was asked, and says that there is nothing. */
const asked = async () => {
  const noted = { at: Number.NaN }
  const server = createServer((_, response) => {
    noted.at = performance.now()
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"Audience not found"}')
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { noted, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api` }
}

/** Milliseconds from the start of a process to its request, or to its end. */
const timed = ({ args, asks }: Start, env: NodeJS.ProcessEnv, noted: { at: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    noted.at = Number.NaN
    const begunAt = performance.now()
    const child = spawn(process.execPath, args, { env, stdio: "ignore" })
    child.on("error", reject)
    child.on("close", () => resolve((asks ? noted.at : performance.now()) - begunAt))
  })

const run: Bench["run"] = async ({ roundMillis }): Promise<ReadonlyArray<Row>> => {
  const { noted, server, url } = await asked()
  const env = { ...process.env, AUDIENCES_URL: url, AUDIENCES_SECRET_KEY: "sk_test_bench", XDG_CONFIG_HOME: "/nowhere" }
  const times = new Map<Start, Array<number>>([node, ...starts].map((start) => [start, []]))
  // The first start of each fills the cache of compiled code. Later ones take turns, so that all meet the same machine.
  const rounds = Math.max(5, Math.ceil((startsPerSecond * roundMillis) / 1000))
  for (let round = -1; round < rounds; round++)
    for (const [start, taken] of times) {
      const millis = await timed(start, env, noted)
      if (round >= 0) taken.push(millis)
    }
  server.close()
  const reference = median(times.get(node)!)
  return starts.map((start) =>
    compared({
      work: `audiences ${start.work}${start.asks ? ", up to its request" : ""}`,
      unit: "ms",
      figure: median(times.get(start)!),
      reference,
      reach: { atMost: most }
    })
  )
}

export default {
  name: "cli-start",
  describe: "The command from its start to its request or its end, beside `node -e 0`",
  run
} satisfies Bench
