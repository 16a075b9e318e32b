import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { dataDirectory, start, untilReady } from "../Program.ts"

/** The command line is not a part of the server: it is run, as users run it. */
const commandLine = fileURLToPath(new URL("../../../cli/src/bin.ts", import.meta.url))

type Json = ReturnType<typeof JSON.parse>

class Site {
  readonly origin: string
  readonly dataDir: string
  readonly secretKey: string

  constructor(origin: string, dataDir: string, secretKey: string) {
    this.origin = origin
    this.dataDir = dataDir
    this.secretKey = secretKey
  }

  get url(): string {
    return `${this.origin}/api`
  }

  async call(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.secretKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const said = (await answer.json()) as Json
    assert.strictEqual(answer.status, 200, JSON.stringify(said))
    return said
  }

  async all(path: string): Promise<ReadonlyArray<Json>> {
    const found: Array<Json> = []
    for (let after: string | null = ""; after !== null;) {
      const page = await this.call("GET", `${path}?first=100&after=${after}`.replace(/&after=$/, ""))
      found.push(...page.data)
      after = page.pageInfo.endCursor
    }
    return found
  }

  migrateFrom(source: Site, checkpoint: string) {
    const child = spawn(
      process.execPath,
      ["--conditions=@audiences/source", commandLine, "migrate", "--from", source.url, "--checkpoint", checkpoint],
      {
        env: {
          PATH: process.env.PATH,
          AUDIENCES_URL: this.url,
          AUDIENCES_SECRET_KEY: this.secretKey,
          AUDIENCES_FROM_KEY: source.secretKey
        }
      }
    )
    let out = "",
      err = ""
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)))
    return { child, ended, report: async () => (assert.strictEqual(await ended, 0, err), JSON.parse(out) as Json) }
  }
}

const site = Effect.gen(function* () {
  const dataDir = yield* dataDirectory
  const origin = yield* untilReady(yield* start(dataDir, { AUDIENCES_RATE_LIMIT: "0" }))
  const secretKey = (yield* Effect.promise(() => readFile(join(dataDir, "secret-key"), "utf8"))).trim()
  return new Site(origin, dataDir, secretKey)
})

const people = 703

const person = (i: number) => ({
  ...(i % 3 === 0 ? { email: `p${i}@straße.example.com` } : {}),
  ...(i % 3 === 1 ? { phone: `+1555${String(i).padStart(7, "0")}`, externalId: `x ${i}` } : {}),
  emailVerified: i % 2 === 0,
  phoneVerified: false,
  status: i % 5 === 0 ? "INACTIVE" : "ACTIVE",
  fullName: i % 7 === 0 ? null : `Ünïcode ${i} 日本 🎁`,
  totalOrders: i % 11,
  ltv: `${i}.00000001`,
  aov: "0.1",
  lastOrderAt: "2024-02-29T23:59:59.999Z",
  lastGeoCoordinates: i % 13 === 0 ? { latitude: -1.5, longitude: 179.25 } : null,
  metadata: { plan: "pro", tags: ["a", "b", i], nothing: null }
})

const fill = async (source: Site) => {
  for (let i = 0; i < people; i += 500)
    await source.call("POST", "/consumers/batch", {
      consumers: Array.from({ length: Math.min(500, people - i) }, (_, k) => person(i + k))
    })
  const everybody = await source.all("/consumers")
  const list = await source.call("POST", "/audiences", { name: "Press", type: "STATIC_LIST", iconName: "star" })
  await source.call("POST", `/audiences/${list.id}/members`, {
    consumerIds: everybody.slice(0, 600).map(({ id }) => id)
  })
  await source.call("POST", "/audiences", {
    name: "Active or dear",
    type: "DYNAMIC",
    metadata: { note: ["kept"] },
    rules: [
      { field: "status", operator: "EQUALS", values: ["ACTIVE"] },
      { field: "ltv", operator: "GREATER_THAN", values: ["600"], groupId: "00000000-0000-4000-8000-00000000000a" }
    ]
  })
  await source.call("POST", "/audiences/loyalty-tiers", {
    attribute: "totalOrders",
    groupName: "Tiers",
    tiers: [
      { name: "Few", order: 1, startValue: 0, endValue: 5 },
      { name: "Many", order: 2, startValue: 5 }
    ]
  })
  const gone = await source.call("POST", "/audiences", { name: "Gone", type: "STATIC_LIST" })
  await source.call("DELETE", `/audiences/${gone.id}`)
}

const ownOfServer = ["archived", "createdAt", "createdBy", "id", "organizationId", "updatedAt", "updatedBy"]

/** What of a consumer is the same on every server. */
const identity = (consumer: Json): Json => ({
  ...Object.fromEntries(Object.entries(consumer as object).filter(([name]) => !ownOfServer.includes(name))),
  primaryExternalId:
    (consumer.email ?? consumer.phone ?? consumer.primaryExternalId)
      ? consumer.primaryExternalId
      : `migrated:${consumer.id as string}`
})

const byName = (consumers: ReadonlyArray<Json>) => consumers.map((each) => JSON.stringify(each)).sort()

describe("migrating", () => {
  it.live(
    "makes another server equal, also after it was killed midway, and again does nothing",
    () =>
      Effect.gen(function* () {
        const [source, target] = yield* Effect.all([site, site], { concurrency: 2 })
        yield* Effect.promise(async () => {
          await fill(source)
          const checkpoint = join(target.dataDir, "..", "migration.json")
          const first = target.migrateFrom(source, checkpoint)
          while (!existsSync(checkpoint) && first.child.exitCode === null) await setTimeout(5)
          first.child.kill("SIGKILL")
          await first.ended

          const report = await target.migrateFrom(source, checkpoint).report()
          assert.strictEqual(report.consumers.rejected, 0)
          assert.isFalse(existsSync(checkpoint))
          const [there, here] = [await source.all("/consumers"), await target.all("/consumers")]
          assert.strictEqual(there.length, people)
          assert.deepStrictEqual(byName(here.map(identity)), byName(there.map(identity)))
          assert.deepStrictEqual(
            report.audiences.map(({ action, here, name, notes, source }: Json) => ({
              action,
              here,
              name,
              notes,
              source
            })),
            await Promise.all(
              report.audiences.map(async ({ name, sourceId }: Json) => {
                const { count } = await source.call("GET", `/audiences/${sourceId}/count`)
                return { action: "create", here: count, name, notes: [], source: count }
              })
            )
          )
          const names = (audiences: ReadonlyArray<Json>) =>
            audiences.map(({ groupId, groupName, iconName, name, rules, type }) => ({
              groupId,
              groupName,
              iconName,
              name,
              type,
              rules: rules.map(({ field, groupId, operator, values }: Json) => ({ field, groupId, operator, values }))
            }))
          const oldestFirst = (audiences: ReadonlyArray<Json>) =>
            [...names(audiences)].sort((a, b) => (a.name < b.name ? -1 : 1))
          assert.deepStrictEqual(
            oldestFirst(await target.all("/audiences")),
            oldestFirst(await source.all("/audiences"))
          )

          const again = await target.migrateFrom(source, checkpoint).report()
          assert.isTrue(again.audiences.every(({ action }: Json) => action === "keep"))
          assert.strictEqual((await target.all("/consumers")).length, people)
          const { updatedAt } = (await target.all("/consumers"))[0]
          assert.strictEqual(updatedAt, here[0].updatedAt, "an unchanged consumer is not written")
        })
      }),
    120_000
  )
})
