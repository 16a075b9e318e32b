import { connect, type Socket } from "node:net"
import { text } from "node:stream/consumers"
import type { Load, LoadResult } from "./Load.ts"

const load = JSON.parse(await text(process.stdin)) as Load
const { hostname, pathname, port, host, search } = new URL(load.url)
const requests = (load.paths ?? [`${pathname}${search}`]).map((path) =>
  Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      ...Object.entries(load.headers).map(([name, value]) => `${name}: ${value}`),
      "",
      ""
    ].join("\r\n")
  )
)
let turn = 0
const latencies: Array<number> = []
const end = performance.now() + load.millis

/** At a steady rate: when requests were due that no connection was free for, and connections that nothing was due for. */
const due: Array<number> = []
const free: Array<(dueAt: number) => void> = []

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

/** Calls when the next request is due: at once, unless the rate is steady. */
const whenDue = (send: (dueAt: number) => void) => {
  if (load.requestsPerSecond === undefined) send(performance.now())
  else {
    const late = due.shift()
    if (late === undefined) free.push(send)
    else send(late)
  }
}

/** Far cheaper than an HTTP client, which would take longer for a request than the server under test. */
const run = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    let awaited: number | undefined
    let head = ""
    let received = 0
    let sent = performance.now()
    const send = (dueAt: number) => {
      head = ""
      awaited = undefined
      received = 0
      sent = dueAt
      socket.write(requests[turn++ % requests.length]!)
    }
    socket.setNoDelay(true)
    socket.on("data", (chunk) => {
      received += chunk.length
      if (awaited === undefined) awaited = lengthOf((head += chunk.toString("latin1")))
      if (awaited === undefined || received < awaited) return
      const now = performance.now()
      latencies.push(now - sent)
      if (now < end) whenDue(send)
      else {
        socket.end()
        resolve()
      }
    })
    socket.once("error", (error) => fail(error.message))
    socket.once("connect", () => whenDue(send))
    closing.push(() => {
      socket.end()
      resolve()
    })
  })

const closing: Array<() => void> = []

const keepRate = (rate: number) => {
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const now = performance.now()
    if (now >= end) {
      clearInterval(timer)
      // What nobody was free to send took at least so long; what is still to be answered has another moment.
      for (const at of due.splice(0)) latencies.push(now - at)
      free.splice(0)
      setTimeout(() => closing.forEach((close) => close()), 500)
      return
    }
    for (; sent < ((now - began) * rate) / 1000; sent++) {
      const at = began + (sent * 1000) / rate
      const send = free.shift()
      if (send === undefined) due.push(at)
      else send(at)
    }
  }, 1)
}

const start = performance.now()
if (load.requestsPerSecond !== undefined) keepRate(load.requestsPerSecond)
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
