import { AudiencesClient } from "@audiences/client/promise"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { NetAddress } from "effect/net"
import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { freshKey, TestServer } from "../TestServer.ts"

const examples = new URL("../../../../examples/", import.meta.url)

/** A new organization's key, and where to use it. */
const freshAccess = Effect.gen(function* () {
  const { address } = yield* HttpServer.HttpServer
  const { key } = yield* freshKey
  return { apiKey: key, baseUrl: new URL("/api", NetAddress.formatUrlUnsafe(address)).href }
})

const runExample = (name: string) =>
  Effect.flatMap(freshAccess, ({ apiKey, baseUrl }) =>
    Effect.promise(() =>
      promisify(execFile)(
        process.execPath,
        ["--conditions=@audiences/source", fileURLToPath(new URL(name, examples))],
        {
          env: { PATH: process.env.PATH, AUDIENCES_URL: baseUrl, AUDIENCES_SECRET_KEY: apiKey }
        }
      )
    )
  )

layer(TestServer, { excludeTestServices: true })("the examples", (it) => {
  it.effect("the program without Effect adds people, lists them and shows a refusal", () =>
    Effect.gen(function* () {
      const { stdout } = yield* runExample("promise.js")
      assert.include(stdout, "2 people added to Example: press list")
      assert.include(stdout, "Ada Lovelace <ada@example.com>")
      assert.include(stdout, "Alan Turing <alan@example.com>")
      assert.include(stdout, "Refused with 400")
    })
  )

  it.effect("the program that imports a file shows its progress and what was refused", () =>
    Effect.gen(function* () {
      const { stdout } = yield* runExample("upload.js")
      assert.match(stdout, /^PENDING 0 %\n/)
      assert.include(stdout, "COMPLETED 100 %\n2 rows read, 1 refused\n  line 3")
    })
  )

  it.effect("the gate asks for many people at once, and answers each", () =>
    Effect.gen(function* () {
      const { stdout } = yield* runExample("gate.js")
      assert.match(stdout, /^IN\nOUT\nemail: .*\n2 requests\n$/)
    })
  )

  it.effect("the program with Effect defines an audience and counts it", () =>
    Effect.gen(function* () {
      const { stdout } = yield* runExample("effect.ts")
      assert.include(stdout, "0 people have spent 1000 or more")
    })
  )

  it.effect("the retail sample comes in whole, and its dynamic audience has exactly those who meet the rules", () =>
    Effect.gen(function* () {
      const client = new AudiencesClient(yield* freshAccess)
      const file = yield* Effect.promise(() => readFile(new URL("retail/consumers.csv", examples), "utf8"))
      const listed = yield* Effect.promise(() => client.audiences.create({ name: "All", type: "STATIC_LIST" }))
      const done = yield* Effect.promise(async () => client.imports.upload(listed.id, file))
      assert.deepStrictEqual([done.status, done.processedConsumers, done.errorCount], ["COMPLETED", 4338, 0])

      const regulars = yield* Effect.promise(() =>
        client.audiences.create({
          name: "Regulars",
          type: "DYNAMIC",
          rules: [
            { field: "totalOrders", operator: "GREATER_THAN_OR_EQUAL", values: [5] },
            { field: "lastOrderAt", operator: "GREATER_THAN_OR_EQUAL", values: ["2011-09-01"] }
          ]
        })
      )
      yield* Effect.promise(() => client.audiences.status(regulars.id)).pipe(
        Effect.delay("50 millis"),
        Effect.repeat({ until: ({ inProgress }) => !inProgress })
      )
      const members: Array<string> = []
      yield* Effect.promise(async () => {
        for await (const member of client.members.list(regulars.id, { first: 100 }))
          members.push(member.primaryExternalId!)
      })
      const rows = file
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","))
      const expected = rows
        .filter(([, orders, , , last]) => Number(orders) >= 5 && last! >= "2011-09-01")
        .map(([id]) => id!)
      assert.deepStrictEqual(members.sort(), expected.sort())
      assert.strictEqual((yield* Effect.promise(() => client.audiences.count(regulars.id))).count, expected.length)
    })
  )
})
