import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { audienceFull, audienceId, consumerId, importId as groupId } from "../examples.ts"
import { type Answers, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const tier = (id: string, name: string, order: number, min: unknown, max: unknown) => ({
  ...audienceFull,
  id,
  name,
  groupId,
  groupName: "Stars",
  groupType: "SEGMENTED_VALUE",
  iconName: `${name}-icon`,
  metadata: { tierGroup: groupId, tierAttribute: "ltv", tierOrder: order, tierBoundaries: { min, max } }
})
const stored = [tier(consumerId, "Gold", 2, "500", null), tier(audienceId, "Silver", 1, "0", "500"), audienceFull]
const written = { tierGroup: groupId, audiences: stored.slice(0, 2) }

const suggestion = {
  method: "quantiles",
  tiers: [
    { startValue: "0.01", endValue: "307.46", value: 50, percentage: 50 },
    { startValue: "307.46", endValue: null, value: 50, percentage: 50 }
  ]
}
const distribution = {
  field: "ltv",
  totalCount: 100,
  stats: { min: "0", max: "900", mean: "1", median: "1", stdDev: "1" },
  buckets: [],
  suggestion
}

const at = (answers: Answers) =>
  Effect.map(fakeServer(answers), ({ asked, url }) => ({
    asked,
    run: (args: ReadonlyArray<string>, terminal = false) =>
      typed(["groups", "tiers", ...args], { env: { AUDIENCES_URL: url, NO_COLOR: "1" }, terminal })
  }))

const sizes: Answers = {
  [`GET /audiences/${audienceId}/count`]: { body: { audienceId, count: 300 } },
  [`GET /audiences/${consumerId}/count`]: { body: { audienceId: consumerId, count: 100 } }
}

describe("audiences groups tiers", () => {
  it.live("shows tiers in their order, with a chart on a terminal and one object a line off it", () =>
    Effect.gen(function* () {
      const { run } = yield* at({ "GET /audiences/groups/:id": { body: stored }, ...sizes })
      assert.deepStrictEqual((yield* run(["show", groupId], true)).lines, [
        "TIER    FROM  BELOW  MEMBERS  SHARE",
        `Silver     0    500      300  75.0%  ${"█".repeat(24)}`,
        `Gold     500             100  25.0%  ${"█".repeat(8)}`
      ])
      const plain = yield* run(["show", groupId])
      assert.deepStrictEqual(
        plain.lines.map((line) => JSON.parse(line)),
        [
          { id: audienceId, groupId, name: "Silver", attribute: "ltv", startValue: "0", endValue: "500", count: 300 },
          { id: consumerId, groupId, name: "Gold", attribute: "ltv", startValue: "500", endValue: null, count: 100 }
        ]
      )
    })
  )

  it.live("creates tiers from boundaries as typed", () =>
    Effect.gen(function* () {
      const { asked, run } = yield* at({ "POST /audiences/loyalty-tiers": { body: written } })
      const args = [
        "create",
        "Stars",
        "--field",
        "ltv",
        "--at",
        "0, 500",
        "--until",
        "9000.50",
        "--names",
        "Silver,Gold"
      ]
      const { exitCode, lines, stderr } = yield* run(args, true)
      assert.deepStrictEqual([exitCode, lines[0], stderr], [0, "TIER    FROM  BELOW", `Group ${groupId}.\n`])
      assert.deepStrictEqual(JSON.parse(asked[0]!.body), {
        attribute: "ltv",
        groupName: "Stars",
        tiers: [
          { name: "Silver", order: 1, startValue: "0", endValue: "500" },
          { name: "Gold", order: 2, startValue: "500", endValue: "9000.50" }
        ]
      })
    })
  )

  it.live("shows what suggested tiers would hold before they are written", () =>
    Effect.gen(function* () {
      const counts = [{ count: 40 }, { count: 10 }]
      const { asked, run } = yield* at({
        "GET /consumers/distribution": { body: distribution },
        "POST /audiences/preview": counts.map(({ count }) => ({
          body: { asOf: "2026-02-01T10:00:00.123Z", members: { count, data: [] } }
        }))
      })
      const flags = ["--field", "ltv", "--quantiles", "2", "--from", "0.01", "--names", "Silver,Gold", "--dry-run"]
      const { exitCode, stderr, lines } = yield* run(["create", "Stars", ...flags], true)
      assert.deepStrictEqual([exitCode, stderr], [0, "Nothing was written. Leave --dry-run out to do it.\n"])
      assert.match(lines[1]!, /^Silver +0\.01 +307\.46 +\d+ +\d/)
      assert.strictEqual(asked[0]!.query, "?field=ltv&suggest=quantiles&tiers=2&from=0.01")
      assert.deepStrictEqual(
        asked.slice(1).map(({ body, path }) => [path, JSON.parse(body).rules]),
        [
          [
            "/api/audiences/preview",
            [
              { field: "ltv", operator: "GREATER_THAN_OR_EQUAL", values: ["0.01"] },
              { field: "ltv", operator: "LESS_THAN", values: ["307.46"] }
            ]
          ],
          ["/api/audiences/preview", [{ field: "ltv", operator: "GREATER_THAN_OR_EQUAL", values: ["307.46"] }]]
        ]
      )
    })
  )

  it.live("updates tiers: what is not said stays, and a dry look tells who would come and go", () =>
    Effect.gen(function* () {
      const preview = {
        asOf: "2026-02-01T10:00:00.123Z",
        members: { count: 40, data: [] },
        entering: { count: 3, data: [] },
        leaving: { count: 1, data: [] }
      }
      const { asked, run } = yield* at({
        "GET /audiences/groups/:id": { body: stored },
        "PUT /audiences/loyalty-tiers/:id": { body: written },
        "POST /audiences/preview": { body: preview }
      })
      assert.strictEqual((yield* run(["update", groupId, "--at", "0,400"])).exitCode, 0)
      assert.deepStrictEqual(JSON.parse(asked[1]!.body), {
        attribute: "ltv",
        groupName: "Stars",
        tiers: [
          { name: "Silver", order: 1, startValue: "0", endValue: "400", iconName: "Silver-icon" },
          { name: "Gold", order: 2, startValue: "400", endValue: null, iconName: "Gold-icon" }
        ]
      })
      const renamed = ["update", groupId, "--at", "0,400", "--names", "Bronze,Gold"]
      assert.match((yield* run(renamed)).stderr, /Archive Silver, for good\? Say --yes/)
      assert.strictEqual(asked.filter(({ method }) => method === "PUT").length, 1)
      assert.strictEqual((yield* run([...renamed, "--yes"])).exitCode, 0)
      assert.strictEqual(asked.filter(({ method }) => method === "PUT").length, 2)
      asked.length = 0
      const look = yield* run([...renamed, "--dry-run"], true)
      assert.match(look.lines[0]!, /ENTER +LEAVE/)
      assert.match(look.stderr, /Would be archived: Silver\./)
      assert.deepStrictEqual(
        asked.slice(1).map(({ body }) => JSON.parse(body).audienceId),
        [undefined, consumerId]
      )
    })
  )

  it.live("says what is missing or makes no sense", () =>
    Effect.gen(function* () {
      const { run } = yield* at({
        "GET /audiences/groups/:id": { body: [audienceFull] },
        "GET /consumers/distribution": [{ body: distribution }, { body: { ...distribution, suggestion: undefined } }]
      })
      const refused = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
        const { exitCode, stderr } = yield* run(args)
        assert.strictEqual(exitCode, 2, stderr)
        return stderr
      })
      const create = ["create", "Stars", "--field", "ltv", "--names", "A,B,C"]
      assert.match(yield* refused("create", "Stars", "--names", "A", "--at", "0"), /--field/)
      assert.match(yield* refused("create", "Stars", "--field", "ltv", "--at", "0"), /--names/)
      assert.match(yield* refused(...create), /--at, or one of --quantiles/)
      assert.match(yield* refused(...create, "--at", "0,1,2", "--quantiles", "3"), /or one of/)
      assert.match(yield* refused(...create, "--at", "0,5,2"), /from 5 to 2/)
      assert.match(yield* refused(...create, "--at", "0,1,2", "--from", "1"), /leave --from out/)
      assert.match(yield* refused(...create, "--quantiles", "3", "--until", "1"), /--until goes with --at/)
      assert.match(yield* refused(...create, "--quantiles", "21"), /from 2 to 20/)
      assert.match(yield* refused(...create, "--quantiles", "3"), /2 tiers \(from 0\.01, 307\.46\) and 3 names/)
      assert.match(yield* refused(...create, "--natural-breaks", "3"), /Nobody has a ltv/)
      assert.match(yield* refused("show", groupId), /has no tiers/)
    })
  )
})
