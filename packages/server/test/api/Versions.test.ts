import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

type Json = Answer["json"]

const start = Effect.gen(function* () {
  const { key } = yield* freshKey
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
    if (answer.status !== 200) return yield* Effect.die(`${method} ${path} answers ${answer.status}: ${answer.text}`)
    return answer.json
  })
  const people: ReadonlyArray<Json> = yield* call("POST", "/consumers/batch", {
    consumers: Array.from({ length: 6 }, (_, i) => ({
      email: `c${i}@example.com`,
      emailVerified: i % 2 === 0,
      phoneVerified: false,
      status: "ACTIVE"
    }))
  })
  const ids = people.map(({ id }): string => id)
  const list = yield* call("POST", "/audiences", { name: "Chosen", type: "STATIC_LIST" })
  const settled = (id: string) =>
    Effect.repeat(call("GET", `/audiences/${id}/status`), {
      until: ({ inProgress, stale }) => !inProgress && !stale,
      schedule: Schedule.spaced("20 millis")
    })
  return { key, call, ids, list, settled }
})

layer(TestServer, { excludeTestServices: true })("the versions of an audience", (it) => {
  it.effect("tell what entered and left, why, and who was in it", () =>
    Effect.gen(function* () {
      const { call, ids, key, list } = yield* start
      const members = `/audiences/${list.id}/members`
      yield* call("POST", members, { consumerIds: ids.slice(0, 3) })
      yield* call("DELETE", members, { consumerIds: ids.slice(0, 1) })
      const snapshot = yield* call("POST", `/audiences/${list.id}/snapshots`, { name: " Drop of May " })
      yield* call("POST", members, { consumerIds: ids.slice(3) })
      yield* call("DELETE", `/consumers/${ids[1]}`)

      const history = yield* call("GET", `/audiences/${list.id}/history`)
      assert.deepStrictEqual(
        history.data.map(({ publishedAt: _, ...each }: Json) => each),
        [
          { version: 4, cause: "archive", enteredCount: 0, leftCount: 1, memberCount: 4 },
          { version: 3, cause: "manual", enteredCount: 3, leftCount: 0, memberCount: 5 },
          { version: 2, cause: "manual", enteredCount: 0, leftCount: 1, memberCount: 2 },
          { version: 1, cause: "manual", enteredCount: 3, leftCount: 0, memberCount: 3 }
        ]
      )
      assert.isNull(history.nextBefore)
      const page = yield* call("GET", `/audiences/${list.id}/history?first=2&before=4`)
      assert.deepStrictEqual([page.data.map(({ version }: Json) => version), page.nextBefore], [[3, 2], 2])

      assert.deepInclude(snapshot, { name: "Drop of May", version: 2, memberCount: 2 })
      const as = (version: number) =>
        Effect.map(call("GET", `/audiences/${list.id}/versions/${version}/members`), ({ data }) =>
          data.map(({ id }: Json) => id)
        )
      assert.deepStrictEqual(yield* as(1), ids.slice(0, 3))
      assert.deepStrictEqual(yield* as(2), ids.slice(1, 3))
      assert.deepStrictEqual(yield* as(3), ids.slice(1))
      assert.deepStrictEqual(yield* as(4), ids.slice(2))
      assert.strictEqual((yield* call("GET", `/audiences/${list.id}/versions/3`)).memberCount, 5)
      const walked: Array<string> = []
      for (let after = ""; ;) {
        const each = yield* call("GET", `/audiences/${list.id}/versions/3/members?first=2${after}`)
        walked.push(...each.data.map(({ id }: Json) => id))
        if (each.pageInfo.endCursor === null) break
        after = `&after=${encodeURIComponent(each.pageInfo.endCursor)}`
      }
      assert.deepStrictEqual(walked, ids.slice(1))

      assert.deepStrictEqual(yield* call("GET", `/audiences/${list.id}/snapshots`), [snapshot])
      const refused = (path: string, init = {}) =>
        Effect.map(ask(`/api/audiences/${list.id}${path}`, { key, ...init }), ({ json, status }) => [
          status,
          json.error
        ])
      assert.deepStrictEqual(yield* refused("/versions/5"), [404, "Version not found"])
      assert.deepStrictEqual(yield* refused("/snapshots", json({ name: "Drop of May" })), [
        409,
        "Another snapshot of the audience has this name"
      ])
      for (const bad of ["0", "1.5", "x", "99999999999999999999"]) {
        assert.strictEqual((yield* refused(`/versions/${bad}`))[0], 400, bad)
      }
      const { data, days, perDay } = yield* call("GET", `/audiences/${list.id}/volatility?days=7`)
      assert.deepStrictEqual(
        [days, data.length, data[0].entered, data[0].left, data[0].memberCount, data[0].volatility],
        [7, 1, 6, 2, 4, 2]
      )
      assert.strictEqual(perDay, 2 / 7)
    })
  )

  it.effect("are shown before they are made: how many would enter and leave", () =>
    Effect.gen(function* () {
      const { call, ids, key, list, settled } = yield* start
      const rules = (value: boolean) => [{ field: "emailVerified", operator: "EQUALS", values: [value] }]
      const { id } = yield* call("POST", "/audiences", { name: "Verified", type: "DYNAMIC", rules: rules(true) })
      yield* settled(id)
      const preview = yield* call("POST", "/audiences/preview", {
        rules: [{ field: "email", operator: "IN", values: ["C0@example.com", "c1@example.com"] }],
        audienceId: id,
        sampleSize: 1
      })
      const told = ({ count, data }: Json) => [count, data.map((each: Json) => each.id)]
      assert.deepStrictEqual(told(preview.members), [2, [ids[0]]])
      assert.deepStrictEqual(told(preview.entering), [1, [ids[1]]])
      assert.deepStrictEqual(told(preview.leaving), [2, [ids[2]]])
      assert.strictEqual((yield* call("GET", `/audiences/${id}/count`)).count, 3)
      const alone = yield* call("POST", "/audiences/preview", { rules: rules(false) })
      assert.deepStrictEqual([alone.members.count, alone.entering], [3, undefined])
      const post = (body: unknown) => ask("/api/audiences/preview", { key, ...json(body) })
      const wrong = yield* post({ rules: [{ field: "nope", operator: "EQUALS", values: [1] }] })
      assert.strictEqual(wrong.status, 400)
      assert.deepStrictEqual(
        wrong.json.issues[0].path.map(({ key }: Json) => key),
        ["rules", 0, "field"]
      )
      assert.strictEqual((yield* post({ rules: rules(true), audienceId: list.id })).status, 400)
    })
  )

  it.effect("are no evidence before anybody has looked who is in the audience", () =>
    Effect.gen(function* () {
      const { call, key, list } = yield* start
      const synced = yield* call("POST", "/audiences", {
        name: "Synced",
        type: "SYNCED_LIST",
        primarySyncSource: { syncSource: "klaviyo:list", syncSourceId: "x" }
      })
      const snapshot = (id: string) =>
        Effect.map(ask(`/api/audiences/${id}/snapshots`, { key, ...json({ name: "S" }) }), ({ status }) => status)
      assert.deepStrictEqual([yield* snapshot(synced.id), yield* snapshot(list.id)], [409, 200])
    })
  )

  it.effect("have members in common", () =>
    Effect.gen(function* () {
      const { call, ids, key, list } = yield* start
      const other = yield* call("POST", "/audiences", { name: "Other", type: "STATIC_LIST" })
      const empty = yield* call("POST", "/audiences", { name: "Empty", type: "STATIC_LIST" })
      yield* call("POST", `/audiences/${list.id}/members`, { consumerIds: ids.slice(0, 4) })
      yield* call("POST", `/audiences/${other.id}/members`, { consumerIds: ids.slice(2) })
      const overlap = yield* call("GET", `/audiences/overlap?audienceIds=${other.id},${list.id},${empty.id}`)
      assert.deepStrictEqual(overlap, {
        audiences: [
          { audienceId: other.id, name: "Other", count: 4 },
          { audienceId: list.id, name: "Chosen", count: 4 },
          { audienceId: empty.id, name: "Empty", count: 0 }
        ],
        intersections: [
          [4, 2, 0],
          [2, 4, 0],
          [0, 0, 0]
        ]
      })
      for (const bad of ["", list.id, `${list.id},${list.id}`, `${list.id},x`, Array(101).fill(list.id).join(",")]) {
        assert.strictEqual((yield* ask(`/api/audiences/overlap?audienceIds=${bad}`, { key })).status, 400, bad)
      }
    })
  )
})
