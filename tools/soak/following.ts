import { setTimeout } from "node:timers/promises"
import { parseArgs } from "node:util"
import { PrivatePostgres } from "../bench/PrivatePostgres.ts"
import { ServerProcess } from "../bench/ServerProcess.ts"

/**
 * Two servers on one database, written to without a pause, while one or the other is killed every few seconds. At the end every
 * membership must be what an evaluation from scratch says, and no write that was answered may be lost.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    consumers: { type: "string", default: "2000" },
    sources: { type: "boolean", default: false }
  }
})
const until = performance.now() + Number(values.minutes) * 60_000
const people = Number(values.consumers)

/** Deterministic, so that a failing run can be repeated as far as timing allows. */
let seed = 1
const below = (n: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return Math.floor((seed / 4_294_967_296) * n)
}

const line = (field: string, operator: string, ...values: ReadonlyArray<unknown>) => ({ field, operator, values })
const rulings = [
  [line("totalOrders", "GREATER_THAN", 3)],
  [line("lastOrderAt", "GREATER_THAN", "-PT5S")],
  [line("lastOrderAt", "BETWEEN", "-PT20S", "-PT10S")],
  [line("metadata.tier", "EQUALS", "gold"), line("ltv", "GREATER_THAN_OR_EQUAL", "50")],
  [line("metadata.tier", "NOT_EQUALS", "gold"), line("lastOrderAt", "LESS_THAN", "-PT15S")]
]

await using postgres = await PrivatePostgres.start()
const first = await ServerProcess.start({ fromSources: values.sources, databaseUrl: postgres.url })
const start = () =>
  ServerProcess.start({
    fromSources: values.sources,
    databaseUrl: postgres.url,
    environment: { AUDIENCES_SECRET_KEY: first.secretKey }
  })
const servers: Array<ServerProcess | undefined> = [first, await start()]

let refused = 0
/** Asks whichever server lives, until one answers. */
const call = async <A>(method: string, path: string, body?: unknown): Promise<A> => {
  for (;;) {
    const server = servers[below(2)]
    if (server !== undefined) {
      try {
        return await server.call<A>(method, path, body)
      } catch (error) {
        // What a killed server did not answer is asked again: every write here may be done twice.
        if (error instanceof Error && / answers 4/.test(error.message)) throw error
        refused++
      }
    }
    await setTimeout(20)
  }
}

const person = (i: number) => ({
  email: `person${i}@example.com`,
  totalOrders: below(8),
  ltv: String(below(100)),
  lastOrderAt: new Date(Date.now() - below(30) * 1000).toISOString(),
  metadata: { tier: below(2) === 0 ? "gold" : "none" },
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE"
})

const audiences: Array<string> = []
for (const [i, rules] of rulings.entries()) {
  audiences.push((await call<{ id: string }>("POST", "/audiences", { name: `A${i}`, type: "DYNAMIC", rules })).id)
}

let writes = 0
let ruleChanges = 0
const written = new Map<number, ReturnType<typeof person>>()
const writing = Array.from({ length: 4 }, async (_, worker) => {
  while (performance.now() < until) {
    // No two workers write one person: the last answer is the last word.
    const numbers = [...new Set(Array.from({ length: 1 + below(5) }, () => below(people / 4) * 4 + worker))]
    const consumers = numbers.map(person)
    await call("POST", "/consumers/batch", { consumers })
    numbers.forEach((number, i) => written.set(number, consumers[i]!))
    writes += consumers.length
    if (worker === 0 && below(40) === 0) {
      const which = below(audiences.length)
      const rules = rulings[below(rulings.length)]!.map((rule) => ({ ...rule, audienceId: audiences[which] }))
      await call("PUT", `/audiences/${audiences[which]}/rules`, { rules })
      ruleChanges++
    }
    await setTimeout(below(20))
  }
})

let kills = 0
const killing = (async () => {
  while (performance.now() < until - 3000) {
    await setTimeout(1000 + below(3000))
    const which = below(2)
    const victim = servers[which]!
    servers[which] = undefined
    await victim.kill()
    kills++
    await setTimeout(below(500))
    servers[which] = await start()
  }
})()
await Promise.all([...writing, killing])

const problems: Array<string> = []
for (const id of audiences) {
  for (;;) {
    const { inProgress, stale } = await call<{ inProgress: boolean; stale: boolean }>("GET", `/audiences/${id}/status`)
    if (!inProgress && !stale) break
    await setTimeout(100)
  }
}
// By now every relative boundary of the rules has been passed by everybody.
await setTimeout(35_000)
for (const id of audiences) {
  const { rules } = await call<{ rules: ReadonlyArray<object> }>("GET", `/audiences/${id}`)
  const { entering, leaving, members } = await call<Record<string, { count: number }>>("POST", "/audiences/preview", {
    audienceId: id,
    rules,
    sampleSize: 0
  })
  const { count } = await call<{ count: number }>("GET", `/audiences/${id}/count`)
  if (entering!.count !== 0 || leaving!.count !== 0 || count !== members!.count) {
    problems.push(`${id}: ${entering!.count} missing, ${leaving!.count} too many, count ${count} of ${members!.count}`)
  }
}
let lost = 0
for (let after = ""; ;) {
  const page = await call<{
    data: ReadonlyArray<{ email: string; totalOrders: number; ltv: string }>
    pageInfo: { endCursor: string | null }
  }>("GET", `/consumers?first=100${after}`)
  for (const { email, ltv, totalOrders } of page.data) {
    const last = written.get(Number(/\d+/.exec(email)![0]))
    if (last !== undefined && (last.totalOrders !== totalOrders || Number(last.ltv) !== Number(ltv))) lost++
  }
  if (page.pageInfo.endCursor === null) break
  after = `&after=${encodeURIComponent(page.pageInfo.endCursor)}`
}
if (lost > 0) problems.push(`${lost} answered writes are lost`)
for (const server of servers) await server?.[Symbol.asyncDispose]()
process.stdout.write(
  `${writes} writes, ${ruleChanges} changes of rules, ${kills} kills, ${refused} requests asked again: ${problems.length === 0 ? "every membership is right" : problems.join("; ")}\n`
)
process.exitCode = problems.length === 0 ? 0 : 1
