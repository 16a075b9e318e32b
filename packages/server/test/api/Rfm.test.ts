import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { readFile } from "node:fs/promises"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

type Json = Answer["json"]

const records = (folder: string, name: string) =>
  Effect.map(
    Effect.promise(() => readFile(new URL(`../../../../${folder}/${name}`, import.meta.url), "utf8")),
    (text) =>
      text
        .trimEnd()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(","))
  )

const known = { emailVerified: false, phoneVerified: false, status: "ACTIVE" }

const chunks = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / 500) }, (_, i) => all.slice(i * 500, (i + 1) * 500))

const founded = Effect.gen(function* () {
  const { key } = yield* freshKey
  const send = (method: string, path: string, body?: unknown) =>
    ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* send(method, path, body)
    assert.strictEqual(answer.status, 200, answer.text)
    return answer.json
  })
  /** Waits until the group's scoring is done and its audiences show it. */
  const settled = Effect.fnUntraced(function* (groupId: string) {
    const schedule = Schedule.spaced("20 millis")
    const group = yield* Effect.repeat(call("GET", `/audiences/rfm/${groupId}`), {
      until: ({ inProgress }: Json) => !inProgress,
      schedule
    })
    for (const { id } of group.audiences)
      yield* Effect.repeat(call("GET", `/audiences/${id}/status`), {
        until: ({ inProgress, stale }: Json) => !inProgress && !stale,
        schedule
      })
    return group
  })
  const members = Effect.fnUntraced(function* (audienceId: string) {
    const found: Array<Json> = []
    for (let after = ""; ;) {
      const { data, pageInfo } = yield* call("GET", `/audiences/${audienceId}/members?first=100${after}`)
      found.push(...data)
      if (pageInfo.endCursor === null) return found
      after = `&after=${pageInfo.endCursor}`
    }
  })
  const ranksOf = ({ activityRank, monetaryRank, purchaseFrequencyRank }: Json) =>
    `${activityRank}${purchaseFrequencyRank}${monetaryRank}`
  const everybody = Effect.fnUntraced(function* () {
    const found: Array<Json> = []
    for (let after = ""; ;) {
      const { data, pageInfo } = yield* call("GET", `/consumers?first=100${after}`)
      found.push(...data)
      if (pageInfo.endCursor === null) return found
      after = `&after=${encodeURIComponent(pageInfo.endCursor)}`
    }
  })
  return { call, send, settled, members, ranksOf, everybody }
})

const asOf = "2006-12-31"

layer(TestServer, { excludeTestServices: true })("RFM", (it) => {
  it.effect(
    "scores and segments 995 customers as the R package rfm does, all of them",
    () =>
      Effect.gen(function* () {
        const { call, members, ranksOf, settled } = yield* founded
        const orders = yield* records("spec/rfm", "orders.csv")
        const expected = yield* records("spec/rfm", "expected_scores.csv")
        for (const names of chunks(expected.map(([name]) => name!)))
          yield* call("POST", "/consumers/batch", { consumers: names.map((externalId) => ({ externalId, ...known })) })
        const sent = orders.map(([externalId, orderedAt, total], i) => ({
          orderId: `o${i}`,
          externalId,
          orderedAt,
          total
        }))
        for (const batch of chunks(sent)) yield* call("POST", "/orders/batch", { orders: batch })
        const scores = (column: number) => new Map(expected.map((row) => [row[0], row[column]!.trim()] as const))
        const shown = Effect.fnUntraced(function* (source: string) {
          const method = { asOf, cuts: "r-rfm", source }
          const made = yield* call("POST", "/audiences/rfm", { groupName: "RFM", segmentMap: "rfm10", method })
          const group = yield* settled(made.groupId)
          assert.deepStrictEqual(
            [group.latestRun.scoredCount, group.latestRun.method.asOf],
            [995, "2006-12-31T00:00:00.000Z"]
          )
          const found = []
          for (const { id, name } of group.audiences)
            for (const member of yield* members(id))
              found.push([member.primaryExternalId, [ranksOf(member), name]] as const)
          assert.strictEqual(found.length, 995)
          return { group, found: new Map(found) }
        })
        const { found, group } = yield* shown("totals")
        const [score, segment] = [scores(7), scores(8)]
        const unlike = [...score].filter(
          ([name, digits]) => String(found.get(name)) !== `${digits},${segment.get(name)}`
        )
        assert.deepStrictEqual(unlike, [])
        const again = yield* shown("orders")
        assert.deepStrictEqual(again.found, found)
        assert.strictEqual(again.group.latestRun.changedCount, 0)
        assert.deepStrictEqual(again.group.latestRun.thresholds, group.latestRun.thresholds)
      }),
    120_000
  )

  it.effect("ranks whoever never ordered 0, leaves them out, and moves members when their ranks move", () =>
    Effect.gen(function* () {
      const { call, everybody, members, ranksOf, settled } = yield* founded
      const people = Array.from({ length: 11 }, (_, n) => ({ externalId: `p${n}`, ...known }))
      yield* call("POST", "/consumers/batch", { consumers: people })
      const order = (n: number, i: number, day: number, total: number) => ({
        orderId: `o${n}-${i}`,
        externalId: `p${n}`,
        orderedAt: `2026-01-${String(day).padStart(2, "0")}`,
        total: `${total}`
      })
      // p1 … p10: the higher the number, the later, the more often and the more.
      const orders = people.flatMap((_, n) => Array.from({ length: n }, (_, i) => order(n, i, n, n)))
      yield* call("POST", "/orders/batch", { orders })
      const ranks = Effect.map(everybody(), (all) =>
        Object.fromEntries(all.map((each) => [each.primaryExternalId, ranksOf(each)]))
      )
      const { groupId, inProgress, method } = yield* call("POST", "/audiences/rfm", { groupName: "RFM" })
      assert.isTrue(inProgress)
      assert.deepInclude(method, { source: "totals", bins: 5, cuts: "quantile7", ties: "value", asOf: null })
      const first = yield* settled(groupId)
      assert.deepStrictEqual(
        first.audiences.map(({ groupType, name, type }: Json) => [name, type, groupType]),
        ["CHAMPIONS", "LOYAL", "AT_RISK", "NEW", "LOST"].map((name) => [name, "DYNAMIC", "RFM"])
      )
      assert.deepStrictEqual(first.latestRun.thresholds.frequency, [2.8, 4.6, 6.4, 8.2])
      assert.deepStrictEqual(first.latestRun.thresholds.monetary, ["8", "21.4", "41.2", "67.4"])
      assert.deepStrictEqual([first.latestRun.scoredCount, first.latestRun.changedCount], [10, 10])
      assert.deepStrictEqual(yield* ranks, {
        p0: "000",
        ...Object.fromEntries(people.slice(1).map(({ externalId }, i) => [externalId, String(1 + (i >> 1)).repeat(3)]))
      })
      const shown = Effect.fnUntraced(function* (group: Json) {
        const entries = []
        for (const { id, name } of group.audiences)
          entries.push([name, (yield* members(id)).map(({ primaryExternalId }) => primaryExternalId).sort()])
        return Object.fromEntries(entries)
      })
      assert.deepStrictEqual(yield* shown(first), {
        CHAMPIONS: ["p10", "p7", "p8", "p9"],
        LOYAL: ["p5", "p6"],
        AT_RISK: [],
        NEW: [],
        LOST: ["p1", "p2", "p3", "p4"]
      })
      // p1 comes back, later than everybody.
      yield* call("POST", "/orders/batch", { orders: [order(1, 1, 20, 1)] })
      assert.isTrue((yield* call("POST", `/audiences/rfm/${groupId}/runs`)).inProgress)
      const second = yield* settled(groupId)
      assert.include(second.latestRun.id === first.latestRun.id ? "same" : "another", "another")
      assert.include((yield* shown(second)).NEW, "p1")
      // Another map, and fixed thresholds, for the same audiences where names are the same.
      const changed = yield* call("PUT", `/audiences/rfm/${groupId}`, {
        groupName: "Spenders",
        segmentMap: [{ name: "champions", monetary: [3, 5] }, { name: "Rest" }],
        method: {
          asOf: "2026-02-01",
          cuts: "fixed",
          bins: 3,
          thresholds: { recencyDays: [20, 30], frequency: [1, 9], monetary: ["4.0", "99.99"] }
        }
      })
      assert.deepStrictEqual(
        changed.audiences.map(({ id, name }: Json) => [name, id === first.audiences[0].id]),
        [
          ["champions", true],
          ["Rest", false]
        ]
      )
      const third = yield* settled(groupId)
      assert.deepStrictEqual(third.latestRun.thresholds.monetary, ["4", "99.99"])
      assert.deepStrictEqual(yield* shown(third), {
        champions: ["p10"],
        Rest: ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"]
      })
      assert.deepInclude(yield* ranks, { p0: "000", p1: "321", p2: "221", p9: "222", p10: "233" })
      const ten = (yield* everybody()).find(({ primaryExternalId }) => primaryExternalId === "p10")
      assert.deepStrictEqual([ten.activityScore, ten.monetaryScore], [(100 * 2) / 3, 100])
      assert.match(ten.monetaryScoreUpdatedAt, /Z$/)
    })
  )

  it.effect("puts equal values in a row by external id where it is told to, and repeats a run bit for bit", () =>
    Effect.gen(function* () {
      const { call, everybody, ranksOf, settled } = yield* founded
      const names = ["e", "b", "a", "d", "c"]
      const equal = { ...known, totalOrders: 1, ltv: "5", lastOrderAt: "2026-01-01" }
      yield* call("POST", "/consumers/batch", { consumers: names.map((externalId) => ({ externalId, ...equal })) })
      const ranks = Effect.map(everybody(), (all) =>
        Object.fromEntries(all.map((each) => [each.primaryExternalId, ranksOf(each)]))
      )
      const { groupId } = yield* call("POST", "/audiences/rfm", { groupName: "RFM", method: { ties: "value" } })
      yield* settled(groupId)
      assert.deepStrictEqual(yield* ranks, Object.fromEntries(names.map((name) => [name, "511"])))
      const method = { ties: "rank-first", asOf: "2026-03-01" }
      yield* call("PUT", `/audiences/rfm/${groupId}`, { groupName: "RFM", method })
      const { latestRun } = yield* settled(groupId)
      const found = { a: "511", b: "422", c: "333", d: "244", e: "155" }
      assert.deepStrictEqual(yield* ranks, found)
      yield* call("PUT", `/audiences/rfm/${groupId}`, { groupName: "RFM", method: {} })
      yield* settled(groupId)
      yield* call("PUT", `/audiences/rfm/${groupId}`, { groupName: "RFM", method: latestRun.method })
      const again = yield* settled(groupId)
      assert.deepStrictEqual(yield* ranks, found)
      assert.deepStrictEqual(
        [again.latestRun.thresholds, again.latestRun.method],
        [latestRun.thresholds, latestRun.method]
      )
    })
  )

  it.effect("explains ranks by the values that were cut, of either source", () =>
    Effect.gen(function* () {
      const { call, send, settled } = yield* founded
      const [someone, nobody] = yield* call("POST", "/consumers/batch", {
        consumers: [
          { externalId: "a", ...known, totalOrders: 10, ltv: "100" },
          { externalId: "b", ...known }
        ]
      })
      const order = (orderId: string, orderedAt: string, total: string) => ({
        orderId,
        externalId: "a",
        orderedAt,
        total
      })
      yield* call("POST", "/orders/batch", {
        orders: [
          order("old", "2025-01-01", "7"),
          order("one", "2026-01-10", "1.50"),
          order("two", "2026-01-20T12:00:00Z", "2.25"),
          order("later", "2026-03-01", "9")
        ]
      })
      const groupName = "RFM"
      const made = yield* call("POST", "/audiences/rfm", { groupName, method: { asOf: "2026-02-01" } })
      const explanation = (id: string) => call("GET", `/audiences/rfm/${made.groupId}/consumers/${id}`)
      yield* settled(made.groupId)
      assert.deepInclude((yield* explanation(someone.id)).values, { orderCount: 14, monetary: "119.75" })
      yield* call("PUT", `/audiences/rfm/${made.groupId}`, {
        groupName,
        method: { source: "orders", windowDays: 30, asOf: "2026-02-01" }
      })
      yield* settled(made.groupId)
      const { consumerId, latestRun, ranks, values } = yield* explanation(someone.id)
      assert.strictEqual(consumerId, someone.id)
      assert.deepStrictEqual(values, {
        lastOrderAt: "2026-01-20T12:00:00.000Z",
        recencyDays: 11.5,
        orderCount: 2,
        monetary: "3.75"
      })
      assert.deepInclude(latestRun.method, { source: "orders", windowDays: 30 })
      assert.isAbove(ranks.recency, 0)
      const none = yield* explanation(nobody.id)
      assert.deepStrictEqual([none.values, none.ranks], [null, { recency: 0, frequency: 0, monetary: 0 }])
      const unknown = yield* send("GET", `/audiences/rfm/${made.groupId}/consumers/${made.groupId}`)
      assert.deepStrictEqual([unknown.status, unknown.json.error], [404, "Consumer not found"])
    })
  )

  it.effect("scores by itself when its time has come", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { call, settled } = yield* founded
      const { groupId } = yield* call("POST", "/audiences/rfm", { groupName: "RFM", intervalSeconds: 3600 })
      const { intervalSeconds, latestRun } = yield* settled(groupId)
      assert.strictEqual(intervalSeconds, 3600)
      const [{ organizationId }] = (yield* call("GET", `/audiences/groups/${groupId}`)) as [Json]
      yield* sql`UPDATE rfm_scorings SET next_run_at = next_run_at - interval '1 hour' WHERE organization_id = ${organizationId}::uuid`
      yield* Effect.repeat(call("GET", `/audiences/rfm/${groupId}`), {
        until: (group: Json) => group.latestRun.id !== latestRun.id && !group.inProgress,
        schedule: Schedule.spaced("50 millis")
      })
    })
  )

  it.effect("refuses what no scoring can mean, each with its path", () =>
    Effect.gen(function* () {
      const { call, send } = yield* founded
      const refusal = Effect.fnUntraced(function* (more: object) {
        const answer = yield* send("POST", "/audiences/rfm", { groupName: "RFM", ...more })
        assert.strictEqual(answer.status, 400, answer.text)
        return answer.json.issues.map(({ path }: Json) => path.map(({ key }: Json) => key).join("."))
      })
      const fixed = (thresholds: object) => ({ method: { cuts: "fixed", thresholds } })
      assert.deepStrictEqual(yield* refusal({ method: { windowDays: 5 } }), ["method.windowDays"])
      assert.deepStrictEqual(yield* refusal({ method: { cuts: "fixed" } }), ["method.thresholds"])
      assert.deepStrictEqual(yield* refusal({ method: { bins: 4 } }), ["method.bins"])
      assert.deepStrictEqual(
        yield* refusal(fixed({ recencyDays: [1, 2, 3, 4], frequency: [1, 1, 2, 3], monetary: ["1", "2", "3"] })),
        ["method.thresholds.frequency", "method.thresholds.monetary"]
      )
      assert.deepStrictEqual(
        yield* refusal(fixed({ recencyDays: [1, 2, 3, 4], frequency: [1, 2, 3, 4], monetary: ["1", "x", "3", "4"] })),
        ["method.thresholds.monetary.1"]
      )
      assert.deepStrictEqual(yield* refusal({ segmentMap: [] }), ["segmentMap"])
      assert.deepStrictEqual(yield* refusal({ segmentMap: [{ name: "A", recency: [4, 2] }] }), ["segmentMap.0.recency"])
      assert.deepStrictEqual(yield* refusal({ segmentMap: [{ name: "A" }, { name: "B", recency: [1, 2] }] }), [
        "segmentMap.1.name"
      ])
      assert.deepStrictEqual((yield* call("GET", "/audiences")).data, [])
      const tiers = { attribute: "ltv", groupName: "T", tiers: [{ name: "Gold", order: 1, startValue: 1 }] }
      const { tierGroup } = yield* call("POST", "/audiences/loyalty-tiers", tiers)
      assert.strictEqual((yield* send("GET", `/audiences/rfm/${tierGroup}`)).status, 404)
      assert.strictEqual((yield* send("PUT", `/audiences/rfm/${tierGroup}`, { groupName: "RFM" })).status, 400)
    })
  )

  it.effect("refuses fewer bins than segments need, of its own map and of every other group", () =>
    Effect.gen(function* () {
      const { call, send, settled } = yield* founded
      const refusal = Effect.fnUntraced(function* (method: string, path: string, body: object) {
        const answer = yield* send(method, path, { groupName: "B", ...body })
        assert.strictEqual(answer.status, 400, answer.text)
        return answer.json.issues.map(({ message, path: at }: Json) => [
          at.map(({ key }: Json) => key).join("."),
          message
        ])
      })
      const three = { bins: 3 }
      const segmentMap = [{ name: "top", recency: [3, 3] }, { name: "rest" }]
      const beyond = [
        { name: "low", recency: [1, 3] },
        { name: "high", recency: [4, 5] }
      ]
      assert.deepStrictEqual(yield* refusal("POST", "/audiences/rfm", { method: three, segmentMap: beyond }), [
        ["segmentMap.1.name", '"high" needs 4 bins, and the method has 3: nobody could be in it']
      ])
      const { groupId } = yield* call("POST", "/audiences/rfm", { groupName: "A" })
      yield* settled(groupId)
      assert.deepStrictEqual(yield* refusal("POST", "/audiences/rfm", { method: three, segmentMap }), [
        [
          "method.bins",
          'The segment "AT_RISK" of the group "A" needs 5 bins, and all groups have one method: change the map of that group first, or archive it'
        ]
      ])
      // The group itself may, with a map for them.
      yield* call("PUT", `/audiences/rfm/${groupId}`, { groupName: "A", segmentMap, method: three })
      const other = yield* call("POST", "/audiences/rfm", { groupName: "B", segmentMap, method: three })
      const two = { bins: 2 }
      const whole = [{ name: "rest" }]
      const put = yield* refusal("PUT", `/audiences/rfm/${other.groupId}`, { segmentMap: whole, method: two })
      assert.match(put[0][1], /^The segment "top" of the group "A" needs 3 bins/)
      yield* call("DELETE", `/audiences/groups/${groupId}`)
      yield* call("PUT", `/audiences/rfm/${other.groupId}`, { groupName: "B", segmentMap: whole, method: two })
      const run = yield* send("POST", `/audiences/rfm/${groupId}/runs`)
      assert.deepStrictEqual([run.status, run.json.error], [409, "Audience group is archived"])
    })
  )

  it.effect("leaves what a change does not name as it is, though another changes it at the same time", () =>
    Effect.gen(function* () {
      const { call } = yield* founded
      const body = { groupName: "A", segmentMap: [{ name: "all" }] }
      const { groupId } = yield* call("POST", "/audiences/rfm", body)
      for (let i = 0; i < 5; i++) {
        const [bins, intervalSeconds] = [2 + (i % 4), 3600 + i]
        yield* Effect.all(
          [{ method: { bins } }, { intervalSeconds }].map((change) =>
            call("PUT", `/audiences/rfm/${groupId}`, { ...body, ...change })
          ),
          { concurrency: 2 }
        )
        const group = yield* call("GET", `/audiences/rfm/${groupId}`)
        assert.deepStrictEqual([group.method.bins, group.intervalSeconds], [bins, intervalSeconds])
      }
    })
  )
})
