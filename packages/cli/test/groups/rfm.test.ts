import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audience, audienceFull, audienceId, consumerId, importId as groupId, page } from "../examples.ts"
import { type Answers, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const segment = { groupId, groupName: "Buyers", groupType: "RFM" }
const method = {
  source: "totals",
  windowDays: null,
  asOf: "2026-02-01T00:00:00.000Z",
  bins: 3,
  cuts: "quantile7",
  ties: "value",
  thresholds: null
}
const latest = {
  id: "01984a3e-7c10-7a80-9d10-3c5f6d0c2f55",
  method,
  thresholds: { recencyDays: [3.5, 40], frequency: [1, 2.5], monetary: ["10", "1000.25"] },
  scoredCount: 4338,
  changedCount: 12,
  startedAt: "2026-02-01T00:00:00.000Z",
  completedAt: "2026-02-01T00:00:01.000Z"
}
const group = {
  groupId,
  audiences: [
    { ...audienceFull, ...segment, name: "CHAMPIONS" },
    { ...audienceFull, ...segment, id: consumerId, name: "LOST" }
  ],
  method,
  intervalSeconds: 86_400,
  inProgress: false,
  latestRun: latest
}
const busy = { ...group, inProgress: true, latestRun: null }

const sizes: Answers = {
  [`GET /audiences/${audienceId}/count`]: { body: { audienceId, count: 1028 } },
  [`GET /audiences/${consumerId}/count`]: { body: { audienceId: consumerId, count: 2 } }
}
const fresh: Answers = {
  "GET /audiences/:id/status": { body: { audienceId, version: 2, stale: false, inProgress: false } }
}

const at = (answers: Answers) =>
  Effect.map(fakeServer({ ...sizes, ...fresh, ...answers }), ({ asked, url }) => ({
    asked,
    run: (args: ReadonlyArray<string>, terminal = false, env = {}) =>
      typed(["groups", "rfm", ...args], { env: { AUDIENCES_URL: url, NO_COLOR: "1", ...env }, terminal })
  }))

describe("audiences groups rfm", () => {
  it.live("shows the method, the latest run and the sizes of the segments as a chart", () =>
    Effect.gen(function* () {
      const { run } = yield* at({ "GET /audiences/rfm/:id": { body: group } })
      const { lines, stdout } = yield* run(["show", groupId], true)
      assert.deepStrictEqual(lines, [
        `group   ${groupId}`,
        "method  totals, 3 bins, cuts quantile7, ties value, as of 2026-02-01 00:00:00Z",
        "every   86400 s",
        "scored  2026-02-01 00:00:01Z: 4,338 who ordered, 12 ranks changed",
        "",
        "SEGMENT    MEMBERS  SHARE",
        `CHAMPIONS     1028  99.8%  ${"█".repeat(24)}`,
        "LOST             2   0.2%  ▏"
      ])
      assert.notInclude(stdout, "\u001b")
      const plain = JSON.parse((yield* run(["show", groupId])).stdout)
      assert.deepInclude(plain, { groupId, latestRun: group.latestRun, inProgress: false })
      assert.deepStrictEqual(plain.segments, [
        { id: audienceId, name: "CHAMPIONS", count: 1028 },
        { id: consumerId, name: "LOST", count: 2 }
      ])
    })
  )

  it.live("creates and updates by flags, and refuses what the server would refuse", () =>
    Effect.gen(function* () {
      const { asked, run } = yield* at({
        "POST /audiences/rfm": { body: busy },
        "GET /audiences/rfm/:id": { body: group },
        "PUT /audiences/rfm/:id": { body: group }
      })
      const bodies = () => asked.filter(({ body }) => body !== "").map(({ body }) => JSON.parse(body))
      assert.strictEqual((yield* run(["create", "Buyers"])).exitCode, 0)
      assert.deepStrictEqual(bodies()[0], { groupName: "Buyers" })
      const flags = ["--source", "orders", "--window-days", "90", "--as-of", "2026-02-01", "--interval", "6h"]
      yield* run(["create", "Buyers", "--map", "rfm10", "--cuts", "r-rfm", "--ties", "value", ...flags])
      assert.deepStrictEqual(bodies()[1], {
        groupName: "Buyers",
        segmentMap: "rfm10",
        intervalSeconds: 21_600,
        method: { source: "orders", windowDays: 90, asOf: "2026-02-01T00:00:00.000Z", cuts: "r-rfm", ties: "value" }
      })
      yield* run(["update", groupId, "--segments", '[{"name":"All"}]', "--bins", "3", "--on-demand", "--yes"])
      assert.deepStrictEqual(bodies()[2], {
        groupName: "Buyers",
        segmentMap: [{ name: "All" }],
        intervalSeconds: null,
        method: { bins: 3 }
      })
      for (const wrong of [
        ["--map", "rfm10", "--segments", "[]"],
        ["--interval", "1d", "--on-demand"],
        ["--map", "rfm11"]
      ])
        assert.strictEqual((yield* run(["create", "Buyers", ...wrong])).exitCode, 2)
      const bins = yield* run(["create", "Buyers", "--bins", "6"])
      assert.match(bins.stderr, /method\.bins/)
      assert.strictEqual(bodies().length, 3)
    })
  )

  it.live("says which audiences an update would archive, and asks", () =>
    Effect.gen(function* () {
      const made = (rfmSegmentMap: string, names: ReadonlyArray<string>) => ({
        ...group,
        audiences: names.map((name) => ({ ...audienceFull, ...segment, name, metadata: { rfmSegmentMap } }))
      })
      const present = made("fanfare5", ["champions", "Loyal", "AT_RISK", "NEW", "LOST"])
      const { asked, run } = yield* at({
        "GET /audiences/:id/count": { body: { audienceId, count: 1 } },
        "GET /audiences/rfm/:id": [
          { body: present },
          { body: present },
          { body: present },
          { body: made("custom", ["A"]) }
        ],
        "PUT /audiences/rfm/:id": { body: group }
      })
      const bodies = () => asked.filter(({ method }) => method === "PUT").map(({ body }) => JSON.parse(body))
      const refused = yield* run(["update", groupId, "--map", "rfm10"])
      assert.deepStrictEqual(
        [refused.exitCode, refused.stderr],
        [2, "Archive Loyal, AT_RISK, NEW, for good? Say --yes: nobody is there to ask.\n"]
      )
      assert.deepStrictEqual(bodies(), [])
      assert.strictEqual((yield* run(["update", groupId, "--map", "rfm10", "--yes"])).exitCode, 0)
      // The map that is there stays: nothing goes, nobody is asked.
      assert.strictEqual((yield* run(["update", groupId, "--bins", "5"])).exitCode, 0)
      assert.deepStrictEqual(
        bodies().map(({ segmentMap }) => segmentMap),
        ["rfm10", "fanfare5"]
      )
      const own = yield* run(["update", groupId, "--bins", "5"])
      assert.strictEqual(own.exitCode, 2)
      assert.include(own.stderr, "give them with --segments")
    })
  )

  it.live("asks for a run, and waits for it where it is told to", () =>
    Effect.gen(function* () {
      const { asked, run } = yield* at({
        "POST /audiences/rfm/:id/runs": { body: busy },
        "GET /audiences/rfm/:id": [{ body: busy }, { body: group }]
      })
      const asking = yield* run(["run", groupId], true)
      assert.include(asking.lines, "scored   never")
      assert.include(asking.lines, "running  a scoring is in progress")
      const waiting = yield* run(["run", groupId, "--watch"])
      assert.strictEqual(JSON.parse(waiting.stdout).inProgress, false)
      assert.match(waiting.stderr, /Scoring/)
      assert.strictEqual(asked.filter(({ path }) => path.endsWith("/status")).length, 2)
    })
  )

  it.live("explains the ranks of a consumer by the cuts of the latest run", () =>
    Effect.gen(function* () {
      const ranks = { recency: 2, frequency: 3, monetary: 3 }
      const values = { lastOrderAt: "2026-01-20T12:00:00.000Z", recencyDays: 11.5, orderCount: 3, monetary: "1234.5" }
      const ofOrders = { ...latest, method: { ...method, source: "orders", windowDays: 90 } }
      const { run } = yield* at({
        "GET /audiences": { body: page([audienceFull, { ...audienceFull, ...segment }]) },
        [`GET /audiences/rfm/${groupId}/consumers/${consumerId}`]: [
          { body: { consumerId, ranks, values, latestRun: latest } },
          { body: { consumerId, ranks, values, latestRun: ofOrders } }
        ],
        "GET /consumers/:id/audiences": { body: [audience, { ...audience, ...segment, name: "LOYAL" }] }
      })
      assert.deepStrictEqual((yield* run(["explain", consumerId], true)).lines, [
        "LOYAL of Buyers",
        "",
        "                    RANK     NOW  CUT AT",
        "recency (days)         2    11.5  3.5 | 40",
        "frequency (orders)     3       3  1 | 2.5",
        "monetary               3  1234.5  10 | 1000.25"
      ])
      assert.deepStrictEqual((yield* run(["explain", consumerId], true)).lines.slice(0, 5), [
        "LOYAL of Buyers",
        "Counted: orders of 90 days up to 2026-02-01 00:00:00Z.",
        "",
        "                    RANK     NOW  CUT AT",
        "recency (days)         2    11.5  3.5 | 40"
      ])
      const plain = JSON.parse((yield* run(["explain", consumerId, "--group", groupId])).stdout)
      assert.deepStrictEqual(plain.values, values)
      assert.deepStrictEqual(plain.segments, [{ id: audienceId, name: "LOYAL", groupName: "Buyers" }])
      assert.deepStrictEqual(plain.run, ofOrders)
    })
  )

  it.live("says so where nobody is scored", () =>
    Effect.gen(function* () {
      const { run } = yield* at({ "GET /audiences": { body: page([audienceFull]) } })
      const { exitCode, stderr } = yield* run(["explain", consumerId])
      assert.deepStrictEqual([exitCode, stderr], [2, "Nobody is scored yet: `audiences groups rfm create` does it.\n"])
    })
  )
})
