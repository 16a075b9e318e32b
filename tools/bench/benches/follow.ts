import { type Bench, rounded } from "../Benchmark.ts"
import { many } from "../data/audiences.mjs"
import { consumer } from "../data/gen-consumers.mjs"
import { ServerProcess } from "../ServerProcess.ts"

/** Consumers that are written in a second, so many in a request. */
const writesPerSecond = 300
const consumersOfRequest = 10
/** One request in so many is watched until the gate sees it. */
const watchEvery = 2
const pollMillis = 5

const batchOf = 500

const person = (i: number, tier?: string) => {
  const { aov, email, externalId, fullName, lastOrderAt, loyaltyBalance, ltv, metadata, smsOptOut, totalOrders } =
    consumer(i)
  return {
    email,
    primaryExternalId: externalId,
    fullName,
    totalOrders,
    ltv,
    aov,
    loyaltyBalance,
    smsOptOut,
    emailVerified: false,
    phoneVerified: false,
    status: "ACTIVE",
    ...(lastOrderAt === "" ? {} : { lastOrderAt }),
    metadata: tier === undefined ? metadata : { ...metadata, tier }
  }
}

const percentile = (sorted: ReadonlyArray<number>, share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

/** From sending a write until the gate answers by it, while other writes go on and 200 audiences follow. */
const bench: Bench = {
  name: "follow",
  describe: "write → visible at the gate: 200 audiences, 300 consumers written in a second",
  run: async (size) => {
    const people = Math.max(1000, Math.min(100_000, size.rows))
    await using server = await ServerProcess.start(size)
    const ids: Array<string> = []
    for (let from = 0; from < people; from += batchOf) {
      const consumers = Array.from({ length: Math.min(batchOf, people - from) }, (_, i) => person(from + i))
      const made = await server.call<ReadonlyArray<{ id: string }>>("POST", "/consumers/batch", { consumers })
      ids.push(...made.map(({ id }) => id))
    }
    for (const [i, rules] of many.entries()) {
      await server.call("POST", "/audiences", { name: `Audience ${i}`, type: "DYNAMIC", rules })
    }
    const watched = await server.call<{ id: string }>("POST", "/audiences", {
      name: "Watched",
      type: "DYNAMIC",
      rules: [{ field: "metadata.tier", operator: "EQUALS", values: ["watched"] }]
    })
    const settled = async () => {
      for (;;) {
        const { inProgress, stale } = await server.call<{ inProgress: boolean; stale: boolean }>(
          "GET",
          `/audiences/${watched.id}/status`
        )
        if (!inProgress && !stale) return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    await settled()

    const millis: Array<number> = []
    const going: Array<Promise<void>> = []
    let errors = 0
    const write = async (n: number) => {
      const numbers = Array.from(
        { length: consumersOfRequest },
        (_, k) => ((n * consumersOfRequest + k) * 7919) % people
      )
      const i = numbers[0]!
      const watching = n % watchEvery === 0
      const start = performance.now()
      await server.call("POST", "/consumers/batch", {
        consumers: numbers.map((each, k) => person(each, watching && k === 0 ? "watched" : `tier-${n % 5}`))
      })
      if (!watching) return
      for (;;) {
        const { status } = await server.call<{ status: string }>("GET", `/audiences/${watched.id}/members/${ids[i]}`)
        if (status === "IN") break
        if (performance.now() - start > 30_000) throw new Error("A write is not visible after 30 s")
        await new Promise((resolve) => setTimeout(resolve, pollMillis))
      }
      millis.push(performance.now() - start)
    }
    const requestsPerSecond = writesPerSecond / consumersOfRequest
    const total = Math.ceil((requestsPerSecond * size.roundMillis * 5) / 1000)
    const begun = performance.now()
    for (let n = 0; n < total; n++) {
      const due = begun + (n * 1000) / requestsPerSecond
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      going.push(
        write(n).catch((error: unknown) => {
          errors++
          process.stderr.write(`${String(error)}\n`)
        })
      )
    }
    await Promise.all(going)
    const seconds = (performance.now() - begun) / 1000
    millis.sort((a, b) => a - b)
    const p99 = percentile(millis, 0.99)
    const row = (work: string, figure: string, reach = "", met: boolean | null = null) => ({
      work,
      figure,
      reference: "–",
      ratio: null,
      reach,
      met
    })
    return [
      row(
        `consumers written, of ${rounded(people)}, ${consumersOfRequest} in a request`,
        `${rounded((total * consumersOfRequest) / seconds)} /s, ${errors} requests failed`
      ),
      row("write → visible at the gate, median", `${rounded(percentile(millis, 0.5))} ms`),
      row("write → visible at the gate, 99th percentile", `${rounded(p99)} ms`, "< 1,000 ms", p99 < 1000),
      row("write → visible at the gate, longest", `${rounded(millis.at(-1) ?? Number.NaN)} ms`)
    ]
  }
}

export default bench
