import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { readFileSync } from "node:fs"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const sample = (name: string) => readFileSync(new URL(`../../../../examples/retail/${name}`, import.meta.url), "utf8")

const opened = (key: string, path: string, query: Record<string, string> = {}) =>
  ask(`/api${path}?${new URLSearchParams(query)}`, { key, method: "POST" })

/** An import without an audience, from its upload to its end. */
const brought = Effect.fnUntraced(function* (
  key: string,
  path: string,
  file: string,
  query: Record<string, string> = {}
) {
  const { json: open } = yield* opened(key, path, query)
  const url = new URL(open.uploadUrl)
  const put = yield* ask(url.pathname + url.search, {
    method: "PUT",
    body: file,
    headers: { "content-type": "text/csv" }
  })
  assert.strictEqual(put.status, 200, put.text)
  const { json: done } = yield* Effect.repeat(ask(`/api${path}`, { key }), {
    until: ({ json }) => json.status === "COMPLETED" || json.status === "FAILED",
    schedule: Schedule.spaced("50 millis")
  })
  assert.strictEqual(done.id, open.id)
  return done
})

const counts = (done: Record<string, unknown>) => [
  done.status,
  done.processedConsumers,
  done.createdRows,
  done.duplicateRows,
  done.rejectedRows
]

layer(TestServer, { excludeTestServices: true })("files without an audience", (it) => {
  it.effect(
    "of the retail sample are imported as they are, and what their orders amount to is what the shop says",
    () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        const consumers = sample("consumers.csv")
        // Only who they are: what they bought is to come from their orders.
        const known = yield* brought(key, "/consumers/import", consumers, {
          mapping: JSON.stringify({ totalOrders: null, ltv: null, aov: null, lastOrderAt: null })
        })
        assert.deepStrictEqual(counts(known), ["COMPLETED", 4338, 4338, 0, 0])
        const done = yield* brought(key, "/orders/import", sample("invoices.csv"), {
          mapping: JSON.stringify({
            invoice: "orderId",
            invoice_date: "orderedAt",
            customer_id: "externalId",
            total_price: "total"
          })
        })
        assert.deepStrictEqual(counts(done), ["COMPLETED", 18_532, 18_532, 0, 0])
        const [header, ...lines] = consumers.trim().split(/\r?\n/)
        const names = header!.split(",")
        const spent = new Map(
          lines.map((line) => {
            const row = Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell]))
            return [row.externalId!, [Number(row.totalOrders), Number(row.ltv), row.lastOrderAt!.slice(0, 10)]]
          })
        )
        const { json: best } = yield* ask("/api/consumers?sortBy=ltv&sortDir=desc&first=100", { key })
        assert.lengthOf(best.data, 100)
        for (const each of best.data) {
          assert.deepStrictEqual(
            [each.totalOrders, Number(each.ltv), each.lastOrderAt.slice(0, 10)],
            spent.get(each.primaryExternalId)
          )
        }
      }),
    60_000
  )

  it.effect("are each other's business as little as other organizations'", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { key: other } = yield* freshKey
      const none = yield* ask("/api/orders/import", { key })
      assert.deepStrictEqual([none.status, none.json], [404, { error: "Import not found" }])
      const { json: import_ } = yield* opened(key, "/orders/import")
      assert.match(import_.s3Key, /^imports\/[0-9a-f-]{36}\/orders\/\d+\.csv$/)
      assert.notProperty(import_, "audienceId")
      for (const [asking, path] of [
        [other, `/orders/imports/${import_.id}`],
        [key, `/consumers/imports/${import_.id}`],
        [other, "/orders/import"],
        [key, "/consumers/import"]
      ] as const) {
        const answer = yield* ask(`/api${path}`, { key: asking })
        assert.deepStrictEqual([answer.status, answer.json], [404, { error: "Import not found" }], path)
      }
      const own = yield* ask(`/api/orders/imports/${import_.id}`, { key })
      assert.deepStrictEqual([own.status, own.json.id, own.json.status], [200, import_.id, "PENDING"])
    })
  )

  it.effect("are listed, cancelled, undone and give back what was refused, each by the path of its kind", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const people = yield* brought(key, "/consumers/import", "email,ltv\nada@example.com,1\nbob@example.com,x\n")
      const done = yield* brought(
        key,
        "/orders/import",
        "orderId,email,orderedAt,total\na,ada@example.com,2026-01-01,5\nb,nobody@example.com,2026-01-01,5\n"
      )
      const { json: waiting } = yield* opened(key, "/orders/import")
      const listed = (path: string) => Effect.map(ask(`/api${path}`, { key }), ({ json }) => json.data)
      assert.deepStrictEqual(
        (yield* listed("/orders/imports")).map(({ id }: { id: string }) => id),
        [waiting.id, done.id]
      )
      const [ofPeople] = yield* listed("/consumers/imports?status=COMPLETED")
      assert.strictEqual(ofPeople.id, people.id)
      assert.notProperty(ofPeople, "audienceId")
      for (const [path, refused] of [
        [`/consumers/imports/${people.id}`, "bob@example.com,x"],
        [`/orders/imports/${done.id}`, "b,nobody@example.com,2026-01-01,5"]
      ] as const) {
        const answer = yield* ask(`/api${path}/errors.csv`, { key })
        assert.strictEqual(answer.headers.get("content-type"), "text/csv; charset=utf-8")
        assert.include(answer.text, refused)
      }
      const post = (path: string) => ask(`/api${path}`, { key, method: "POST" })
      const cancelled = yield* post(`/orders/imports/${waiting.id}/cancel`)
      assert.deepStrictEqual([cancelled.status, cancelled.json.status], [200, "FAILED"])
      assert.strictEqual((yield* post(`/consumers/imports/${done.id}/undo`)).status, 404)
      const ada = Effect.map(ask("/api/consumers?email=ada%40example.com", { key }), ({ json }) => json.data[0])
      assert.deepInclude(yield* ada, { totalOrders: 1, ltv: "6" })
      const early = yield* post(`/consumers/imports/${people.id}/undo`)
      assert.deepStrictEqual([early.status, early.json.conflictCount], [409, 1])
      const undone = yield* post(`/orders/imports/${done.id}/undo`)
      assert.deepStrictEqual([undone.status, undone.json.undoneAt === null], [200, false])
      assert.deepInclude(yield* ada, { totalOrders: 0, ltv: "1", lastOrderAt: null })
      const twice = yield* post(`/orders/imports/${done.id}/undo`)
      assert.deepStrictEqual([twice.status, twice.json], [409, { error: "Import has already been undone" }])
    })
  )

  it.effect("are opened with a mapping that can be right for some file, or not at all", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      for (const [mapping, said] of [
        ['{"a":"ltv"}', '"ltv" is no field of an order'],
        ['{"a":"total","b":"Total"}', 'Two columns are both total: "a", "b"'],
        ['{"a":7}', undefined],
        ["[]", undefined],
        ["{", undefined]
      ] as const) {
        const answer = yield* opened(key, "/orders/import", { mapping })
        assert.strictEqual(answer.status, 400, mapping)
        const [issue] = answer.json.issues
        assert.strictEqual(issue.path[0].key, "mapping", mapping)
        if (said !== undefined) assert.strictEqual(issue.message, said)
      }
      const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })
      const done = yield* brought(key, `/audiences/${list.id}/import`, "mail,x\nada@example.com,1\n", {
        mapping: '{"mail":"email","x":"metadata.plan"}'
      })
      assert.deepStrictEqual(
        [done.status, done.createdRows, done.mapping, done.audienceId],
        ["COMPLETED", 1, { mail: "email", x: "metadata.plan" }, list.id]
      )
      const { json: members } = yield* ask(`/api/audiences/${list.id}/members`, { key })
      assert.deepInclude(members.data[0], { email: "ada@example.com", metadata: { plan: "1" } })
    })
  )
})
