import { Effect, Layer, Redacted } from "effect"
import { AudiencesClient as EffectClient } from "@audiences/client/AudiencesClient"
import { AudiencesClient } from "@audiences/client/promise"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type Bench, compared, median } from "../Benchmark.ts"
import { main } from "../data/audiences.mjs"
import { BareServer } from "../load/BareServer.ts"

const id = AudienceId.make("01984a3e-7c10-7a80-9d10-3c5f6d0c2f11")
const organizationId = "01984a3e-0000-7000-8000-000000000001"
const createdAt = "2026-01-31T09:30:00.000Z"

/** An audience of ten rules, as a server answers with it. */
const audience = {
  id,
  organizationId,
  name: "Main",
  type: "DYNAMIC",
  archived: false,
  createdAt,
  createdBy: "key:1",
  imports: [],
  rules: main.map((rule, position) => ({
    ...rule,
    id: `01984a3e-7c10-7a80-9d10-${String(position).padStart(12, "0")}`,
    organizationId,
    audienceId: id,
    position,
    createdAt,
    createdBy: "key:1"
  }))
}

const rounds = 7

interface Cost {
  readonly micros: number
  readonly cpuMicros: number
}

/** What one call takes, of time and of this process's processor, one call after the other. */
const costOf = async (millis: number, call: () => Promise<unknown>): Promise<Cost> => {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  let calls = 0
  while (performance.now() - startedAt < millis) {
    await call()
    calls++
  }
  const { system, user } = process.cpuUsage(cpu)
  return { micros: ((performance.now() - startedAt) * 1000) / calls, cpuMicros: (system + user) / calls }
}

const callers = async (origin: string) => {
  const baseUrl = `${origin}/api`
  const url = `${baseUrl}/audiences/${id}`
  const headers = { accept: "application/json", authorization: "Bearer sk_test_secret" }
  const promise = new AudiencesClient({ baseUrl, apiKey: "sk_test_secret" })
  const context = await Effect.runPromise(
    Effect.scoped(Layer.build(EffectClient.layer({ baseUrl, apiKey: Redacted.make("sk_test_secret") })))
  )
  const get = EffectClient.use((client) => client.audiences.get({ params: { audienceId: id } })).pipe(
    Effect.provideContext(context)
  )
  return {
    bare: async () => (await fetch(url, { headers })).json(),
    promise: () => promise.audiences.get(id),
    effect: () => Effect.runPromise(get)
  }
}

/** What the clients add to the `fetch` that they are made on. */
const bench: Bench = {
  name: "client",
  describe:
    "time of one GET /api/audiences/{id} through each client against bare fetch and JSON.parse, one call after the other",
  run: async ({ roundMillis }) => {
    await using server = await BareServer.start(JSON.stringify(audience))
    const calls = await callers(server.origin)
    const seen: Record<keyof typeof calls, Array<Cost>> = { bare: [], promise: [], effect: [] }
    const names = Object.keys(calls) as Array<keyof typeof calls>
    for (const name of names) await costOf(roundMillis / 2, calls[name])
    // In turns, so that a slow moment of the machine meets all of them.
    for (let round = 0; round < rounds; round++)
      for (const name of names) seen[name].push(await costOf(roundMillis / rounds, calls[name]))
    const of = (name: keyof typeof calls, cost: keyof Cost) => median(seen[name].map((each) => each[cost]))
    return (["promise", "effect"] as const).flatMap((name) => [
      compared({
        work: `${name}: time of a call`,
        unit: "µs",
        figure: of(name, "micros"),
        reference: of("bare", "micros"),
        reach: { atMost: 3 }
      }),
      compared({
        work: `${name}: processor time of a call`,
        unit: "µs",
        figure: of(name, "cpuMicros"),
        reference: of("bare", "cpuMicros")
      })
    ])
  }
}

export default bench
