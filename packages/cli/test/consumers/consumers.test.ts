import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { audience, consumer, consumerCreate, consumerId, page } from "../examples.ts"
import { fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ ...consumerCreate, email: `c${i}@example.com` }))

describe("audiences consumers list, show", () => {
  it.live("prints a table without empty columns, or JSON", () =>
    Effect.gen(function* () {
      const { url } = yield* fakeServer({
        "GET /consumers": { body: page([consumer, { ...consumer, fullName: "張偉" }]) },
        "GET /consumers/:id": { body: consumer }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      const { lines } = yield* typed(["consumers", "list"], { env, terminal: true, columns: 120 })
      assert.match(lines[0]!, /^ID +NAME +EMAIL +ORDERS +LTV$/)
      assert.match(lines[2]!, /張偉 {10}ada@example\.com +3 +1234\.5$/)
      assert.deepStrictEqual(JSON.parse((yield* typed(["consumers", "show", consumerId], { env })).stdout), consumer)
    })
  )
})

describe("audiences consumers batch", () => {
  const server = (asked: Array<ReadonlyArray<unknown>>) =>
    fakeServer({
      "POST /consumers/batch": ({ body }) => {
        const { consumers } = JSON.parse(body)
        asked.push(consumers)
        return { body: consumers.map(() => consumer) }
      }
    })

  it.live("takes an array, a batch body, and one object per line, from a file or standard input", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const people = many(2)
      const pieces: Array<ReadonlyArray<unknown>> = []
      const { url } = yield* server(pieces)
      const env = { AUDIENCES_URL: url }
      for (const text of [
        JSON.stringify(people),
        JSON.stringify({ consumers: people }),
        people.map((one) => JSON.stringify(one)).join("\r\n\n")
      ]) {
        yield* fs.writeFileString(`${directory}/people`, text)
        assert.strictEqual((yield* typed(["consumers", "batch", `${directory}/people`], { env })).exitCode, 0)
        assert.strictEqual((yield* typed(["consumers", "batch", "-"], { env, stdin: text })).exitCode, 0)
      }
      assert.deepStrictEqual(
        pieces,
        Array.from({ length: 6 }, () => people)
      )
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.live("sends 500 at a time", () =>
    Effect.gen(function* () {
      const pieces: Array<ReadonlyArray<unknown>> = []
      const { url } = yield* server(pieces)
      const { lines, stderr } = yield* typed(["consumers", "batch", "-"], {
        env: { AUDIENCES_URL: url },
        stdin: JSON.stringify(many(1100))
      })
      assert.deepStrictEqual(
        pieces.map((piece) => piece.length),
        [500, 500, 100]
      )
      assert.lengthOf(lines, 1100)
      assert.match(stderr, /^1100 consumers written\.$/m)
    })
  )

  it.live("names a faulty consumer by its place in the file, and says what is written", () =>
    Effect.gen(function* () {
      const pieces: Array<ReadonlyArray<unknown>> = []
      const { url } = yield* server(pieces)
      const people: Array<unknown> = many(600)
      people[503] = { ...consumerCreate, email: "nonsense" }
      const { exitCode, stderr, stdout } = yield* typed(["consumers", "batch", "-"], {
        env: { AUDIENCES_URL: url },
        stdin: JSON.stringify(people)
      })
      assert.strictEqual(exitCode, 1)
      assert.strictEqual(stdout, "")
      assert.match(stderr, /^consumers\[503\]\.email: .*email address/m)
      assert.match(stderr, /^The first 500 consumers are written/m)
      assert.lengthOf(pieces, 1)
    })
  )

  it.live("refuses a file that makes no sense", () =>
    Effect.gen(function* () {
      for (const [stdin, sentence] of [
        ["", /no consumers in -/],
        ["[{]", /standard input is not JSON/],
        ["{}\n{", /^Line 2 of standard input is not JSON/]
      ] as const) {
        const { exitCode, stderr } = yield* typed(["consumers", "batch", "-"], { stdin })
        assert.strictEqual(exitCode, 2)
        assert.match(stderr, sentence)
      }
      assert.match(
        (yield* typed(["consumers", "batch", "/no/such/file"])).stderr,
        /^\/no\/such\/file cannot be read: there is no such file\.$/m
      )
      assert.match((yield* typed(["consumers", "batch", "/tmp"])).stderr, /is a directory/)
    })
  )
})

describe("audiences consumers update, archive, audiences, distribution", () => {
  it.live("changes only what is given, archives when it is meant, and draws a chart", () =>
    Effect.gen(function* () {
      const bucket = { range: "0 - 10", minValue: "0", maxValue: "10", value: 3, percentage: 75, x: 5 }
      const { asked, url } = yield* fakeServer({
        "PUT /consumers/:id": { body: consumer },
        "DELETE /consumers/:id": { body: { ...consumer, archived: true } },
        "GET /consumers/:id/audiences": { body: [audience] },
        "GET /consumers/distribution": {
          body: {
            field: "ltv",
            totalCount: 4,
            stats: { min: "0", max: "20", mean: "5", median: "4", stdDev: "2" },
            buckets: [bucket, { ...bucket, range: "10 - 20", value: 1, percentage: 25 }]
          }
        }
      })
      const env = { AUDIENCES_URL: url, NO_COLOR: "1" }
      yield* typed(["consumers", "update", consumerId, "--status", "INACTIVE", "--clear", "phone"], { env })
      yield* typed(["consumers", "archive", consumerId, "--erase", "--yes"], { env })
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), { status: "INACTIVE", phone: null })
      assert.strictEqual(asked[1]!.query, "?erase=true")
      assert.strictEqual((yield* typed(["consumers", "update", consumerId], { env })).exitCode, 2)
      assert.strictEqual((yield* typed(["consumers", "archive", consumerId], { env })).exitCode, 2)
      const names = yield* typed(["consumers", "audiences", consumerId, "--query", "name"], { env })
      assert.deepStrictEqual(names.lines, ["VIPs"])
      const chart = yield* typed(["consumers", "distribution", "ltv", "--buckets", "2"], { env, terminal: true })
      assert.match(chart.stdout, /^ +0 - 10 +3 +75\.0% +█{24}$/m)
      assert.match(chart.stdout, /^ *10 - 20 +1 +25\.0% +█{8}$/m)
      assert.strictEqual(asked.at(-1)!.query, "?field=ltv&buckets=2")
    })
  )
})
