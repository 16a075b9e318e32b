import { connect, type Socket } from "node:net"
import type { Load, LoadResult } from "./Load.ts"

const load = JSON.parse(process.argv[2] ?? "") as Load
const { hostname, pathname, port, host, search } = new URL(load.url)
const request = Buffer.from(
  [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...Object.entries(load.headers).map(([name, value]) => `${name}: ${value}`),
    "",
    ""
  ].join("\r\n")
)
const latencies: Array<number> = []
const end = performance.now() + load.millis

const fail = (message: string): never => {
  process.stderr.write(`load: ${message}\n`)
  process.exit(1)
}

/** How many bytes the answer at the beginning of the text has; undefined when its head is not complete. */
const lengthOf = (text: string): number | undefined => {
  const head = text.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  if (!text.startsWith("HTTP/1.1 200 ")) fail(`answered ${text}`)
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1]
  return length === undefined ? fail("an answer has no Content-Length") : head + 4 + Number(length)
}

/** Far cheaper than an HTTP client, which would take longer for a request than the server under test. */
const run = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    let awaited: number | undefined
    let text = ""
    let received = 0
    let sent = performance.now()
    const send = () => {
      text = ""
      awaited = undefined
      received = 0
      sent = performance.now()
      socket.write(request)
    }
    socket.setNoDelay(true)
    socket.on("data", (chunk) => {
      received += chunk.length
      if (awaited === undefined) awaited = lengthOf((text += chunk.toString("latin1")))
      if (awaited === undefined || received < awaited) return
      const now = performance.now()
      latencies.push(now - sent)
      if (now < end) send()
      else {
        socket.end()
        resolve()
      }
    })
    socket.once("error", (error) => fail(error.message))
    socket.once("connect", send)
  })

const start = performance.now()
await Promise.all(Array.from({ length: load.connections }, () => run(connect(Number(port), hostname))))
const millis = performance.now() - start
const sorted = Float64Array.from(latencies).sort()
const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
const result: LoadResult = {
  requests: sorted.length,
  requestsPerSecond: (sorted.length * 1000) / millis,
  p50Millis: at(0.5),
  p99Millis: at(0.99)
}
process.stdout.write(JSON.stringify(result))
