import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

type Json = Answer["json"]

/** What the server says of a consumer of its own accord. */
const own = ["id", "organizationId", "createdAt", "createdBy", "updatedAt", "updatedBy"]
const said = (consumer: Json) =>
  Object.fromEntries(Object.entries(consumer as object).filter(([name]) => !own.includes(name)))

const people = [
  {
    email: "=cmd@example.com",
    phone: "+15550001",
    externalId: "'=quoted",
    fullName: 'Zoë "Quote", Jr.\nSecond line',
    ltv: "0.5",
    totalOrders: -3,
    activityRank: 5,
    lastOrderAt: "2026-01-31T09:30:00.123Z",
    lastGeoCountry: "İstanbul ßẞ",
    lastGeoCoordinates: { latitude: 1.5, longitude: -2.25 },
    metadata: { tags: ["a,b", '"'], "key.with dot": null, n: -1.5, yes: true, "=formula": "@x" }
  },
  { externalId: "''-many", metadata: { empty: "", list: [] } },
  { phone: "+15550002", fullName: "'tis" }
].map((person) => ({ emailVerified: true, phoneVerified: false, status: "ACTIVE", smsOptOut: true, ...person }))

const asked = Effect.gen(function* () {
  const { key } = yield* freshKey
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
    if (answer.status !== 200) return yield* Effect.die(`${method} ${path} answers ${answer.status}: ${answer.text}`)
    return answer.json
  })
  const { id } = yield* call("POST", "/audiences", { name: "List", type: "STATIC_LIST" })
  return { key, call, id: id as string }
})

const members = Effect.fnUntraced(function* ({ call, id }: Effect.Success<typeof asked>) {
  const { data } = yield* call("GET", `/audiences/${id}/members?first=100`)
  return (data as ReadonlyArray<Json>).map(said)
})

const imported = Effect.fnUntraced(function* (target: Effect.Success<typeof asked>, file: string, query: string) {
  const { uploadUrl } = yield* target.call("POST", `/audiences/${target.id}/import${query}`)
  const url = new URL(uploadUrl)
  yield* ask(`${url.pathname}${url.search}`, { method: "PUT", headers: { "content-type": "text/csv" }, body: file })
  return yield* Effect.repeat(target.call("GET", `/audiences/${target.id}/import`), {
    until: ({ status }) => status === "COMPLETED" || status === "FAILED",
    schedule: Schedule.spaced("20 millis")
  })
})

layer(TestServer, { excludeTestServices: true })("an export", (it) => {
  for (const query of ["", "?spreadsheet=true"]) {
    it.effect(
      `is imported again into an equal list${query === "" ? "" : ", with its cells guarded against spreadsheets"}`,
      () =>
        Effect.gen(function* () {
          const source = yield* asked
          const made = yield* source.call("POST", "/consumers/batch", { consumers: people })
          yield* source.call("POST", `/audiences/${source.id}/members`, { consumerIds: made.map(({ id }: Json) => id) })
          const file = yield* ask(`/api/audiences/${source.id}/members/export${query}`, { key: source.key })
          assert.deepStrictEqual(
            [file.status, file.headers.get("content-type"), file.headers.get("content-disposition")],
            [200, "text/csv; charset=utf-8", `attachment; filename="members-${source.id}.csv"`]
          )
          if (query !== "") assert.notMatch(file.text, /(^|,)"?[=@-]/m)
          const target = yield* asked
          const ended = yield* imported(target, file.text, query)
          assert.deepStrictEqual([ended.status, ended.errors, ended.processedConsumers], ["COMPLETED", [], 3])
          assert.deepStrictEqual(yield* members(target), yield* members(source))
        })
    )
  }

  it.effect("has everybody once, page after page, as of when it began", () =>
    Effect.gen(function* () {
      const source = yield* asked
      const ids: Array<string> = []
      for (let from = 0; from < 1200; from += 400) {
        const consumers = Array.from({ length: 400 }, (_, i) => ({
          ...people[2]!,
          phone: `+1777${1_000_000 + from + i}`
        }))
        ids.push(...(yield* source.call("POST", "/consumers/batch", { consumers })).map(({ id }: Json) => id))
      }
      for (let from = 0; from < 1200; from += 400) {
        yield* source.call("POST", `/audiences/${source.id}/members`, { consumerIds: ids.slice(from, from + 400) })
      }
      const file = yield* ask(`/api/audiences/${source.id}/members/export?format=ndjson`, { key: source.key })
      assert.strictEqual(file.headers.get("content-type"), "application/x-ndjson; charset=utf-8")
      const lines = file.text
        .trimEnd()
        .split("\n")
        .map((line): Json => JSON.parse(line))
      assert.deepStrictEqual(
        lines.map(({ id }) => id),
        ids
      )
      assert.deepStrictEqual(lines[0], (yield* source.call("GET", `/audiences/${source.id}/members?first=1`)).data[0])
    })
  )

  it.effect("of nobody is a header; of an audience that is not there, or in another format, a refusal", () =>
    Effect.gen(function* () {
      const { id, key } = yield* asked
      const empty = yield* ask(`/api/audiences/${id}/members/export`, { key })
      assert.match(empty.text, /^id,email,emailVerified,.*,metadata,.*\r\n$/)
      const absent = yield* ask("/api/audiences/0190a000-0000-7000-8000-00000000ffff/members/export", { key })
      assert.deepStrictEqual([absent.status, absent.json], [404, { error: "Audience not found" }])
      const format = yield* ask(`/api/audiences/${id}/members/export?format=xlsx`, { key })
      assert.strictEqual(format.status, 400)
      const nobody = yield* ask(`/api/audiences/${id}/members/export`, { key: "sk_live_x" })
      assert.strictEqual(nobody.status, 401)
    })
  )
})
