import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

/** Stands in everything that is written of the person, and nowhere else. */
const trace = "zaphod7f3a"

/** The tables of this service, and the queue's, in which the trace stands in any column. */
const tracesLeft = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ name: string }>`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`
  const found = yield* Effect.forEach(tables, ({ name }) =>
    Effect.map(
      sql<{ count: string }>`
        SELECT count(*)::text AS count FROM ${sql.literal(name)} t WHERE lower(t::text) LIKE ${`%${trace}%`}`,
      ([row]) => (row!.count === "0" ? [] : [name])
    )
  )
  return found.flat()
})

const person = (i: number) => ({
  email: `${trace}${i}@example.com`,
  phone: `+1555000777${i}`,
  externalId: `${trace}-${i}`,
  fullName: `${trace} Beeblebrox`,
  lastGeoCity: trace,
  metadata: { note: trace },
  emailVerified: true,
  phoneVerified: false,
  status: "INACTIVE",
  ltv: "7"
})

const call = Effect.fnUntraced(function* (key: string, method: string, path: string, body?: unknown) {
  const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
  assert.strictEqual(answer.status, 200, answer.text)
  return answer.json
})

/** Something in every history of a person. */
const live = Effect.fnUntraced(function* (key: string, id: string) {
  yield* call(key, "POST", `/consumers/${id}/activities`, {
    type: "MESSAGE",
    status: "sent",
    channelType: "email",
    template: trace
  })
  yield* call(key, "POST", `/consumers/${id}/loyalty-transactions`, {
    txnType: "earn",
    pointsDelta: 5,
    sourceDescription: trace
  })
  yield* call(key, "POST", "/orders/batch", {
    orders: [{ orderId: `order of ${id}`, consumerId: id, orderedAt: "2026-01-01T00:00:00Z", total: "5" }]
  })
})

/** An import, to its end. */
const imported = Effect.fnUntraced(function* (key: string, audienceId: string, file: string, query = "") {
  const { uploadUrl } = yield* call(key, "POST", `/audiences/${audienceId}/import${query}`)
  const url = new URL(uploadUrl)
  const put = { method: "PUT", body: file, headers: { "content-type": "text/csv" } }
  assert.strictEqual((yield* ask(url.pathname + url.search, put)).status, 200)
  for (;;) {
    const found = yield* call(key, "GET", `/audiences/${audienceId}/import`)
    if (found.status === "COMPLETED") return found
    assert.notStrictEqual(found.status, "FAILED")
    yield* Effect.sleep("50 millis")
  }
})

/** Four rows that say who they are of, in four ways, one that does not, and two of others. */
const rejectedFile = [
  "Email;Phone;Kunde;ltv;note",
  ` ${trace.toUpperCase()}@example.com;;;much;${trace}`,
  `"";'+15550008880;;much;${trace}`,
  `;;${trace};much;${trace}`,
  `not ${trace}@example.com;;;1;`,
  "other@example.com;;;much;kept",
  "other2@example.com;;7;much;kept"
].join("\n")

layer(TestServer, { excludeTestServices: true })("erasing a consumer", (it) => {
  it.effect("leaves no trace of the person in any table, an archived one's neither, and the id says nothing", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const people = yield* call(key, "POST", "/consumers/batch", { consumers: [person(0), person(1)] })
      const ids: ReadonlyArray<string> = people.map(({ id }: { id: string }) => id)
      yield* Effect.forEach(ids, (id) => live(key, id))
      const list = yield* call(key, "POST", "/audiences", { name: "List", type: "STATIC_LIST" })
      yield* call(key, "POST", `/audiences/${list.id}/members`, { consumerIds: ids })
      assert.sameMembers(
        [...(yield* tracesLeft)],
        ["public.activities", "public.consumers", "public.loyalty_transactions"]
      )

      yield* call(key, "DELETE", `/consumers/${ids[1]}`)
      for (const id of ids) {
        assert.deepInclude(yield* call(key, "DELETE", `/consumers/${id}?erase=true`), {
          id,
          archived: true,
          email: null,
          phone: null,
          fullName: null,
          metadata: null,
          ltv: "0",
          totalOrders: 0
        })
        const again = yield* call(key, "GET", `/consumers/${id}`)
        assert.deepInclude(again, { id, archived: true, primaryExternalId: null, status: "ACTIVE", lastOrderAt: null })
        assert.deepInclude(yield* call(key, "GET", `/consumers/${id}/timeline`), { activities: [] })
      }
      assert.deepStrictEqual(yield* tracesLeft, [])
      assert.strictEqual((yield* call(key, "GET", `/audiences/${list.id}/count`)).count, 0)
      const unclear = yield* ask(`/api/consumers/${ids[0]}?erase=perhaps`, { key, method: "DELETE" })
      assert.strictEqual(unclear.status, 400)
    })
  )

  it.effect("leaves no trace in what imports remember, and everybody else's rows are told as before", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const list = yield* call(key, "POST", "/audiences", { name: "List", type: "STATIC_LIST" })
      const first = `email,phone,externalId,fullName\n${trace}@example.com,+15550008880,${trace},${trace}\n`
      yield* imported(key, list.id, first)
      const [{ id }] = (yield* call(key, "GET", `/audiences/${list.id}/members`)).data
      const changing = yield* imported(key, list.id, `email,fullName\n${trace}@example.com,Somebody\n`)
      const mapping = encodeURIComponent(JSON.stringify({ Kunde: "externalId" }))
      const rejecting = yield* imported(key, list.id, rejectedFile, `?mapping=${mapping}&spreadsheet=true`)
      assert.strictEqual(rejecting.errorCount, 6)
      assert.includeMembers(
        [...(yield* tracesLeft)],
        ["public.consumers", "public.import_changes", "public.import_rejected_rows"]
      )

      yield* call(key, "DELETE", `/consumers/${id}?erase=true`)
      const report = (yield* ask(`/api/audiences/${list.id}/imports/${rejecting.id}/errors.csv`, { key })).text
      assert.deepStrictEqual(
        report.split("\r\n").map((line) => line.includes(trace)),
        [false, false, false, false, true, false, false, false],
        report
      )
      assert.include(report, "Line 2: The person of this row was erased")
      assert.include(report, "other2@example.com;;7;much;kept")
      const after = yield* call(key, "GET", `/audiences/${list.id}/imports/${rejecting.id}`)
      assert.deepStrictEqual([after.errorCount, after.errors.length], [6, 6])
      assert.notInclude(yield* tracesLeft, "public.import_changes")
      // There is nothing of the erased to put back, and nothing that speaks against it.
      assert.isString((yield* call(key, "POST", `/audiences/${list.id}/imports/${changing.id}/undo`)).undoneAt)
      assert.deepInclude(yield* call(key, "GET", `/consumers/${id}`), { archived: true, fullName: null })
    })
  )
})
