import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Ref, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

type Json = Answer["json"]

const people = 40

const programme = (middle: number, top: number) => ({
  attribute: "totalOrders",
  groupName: "Buyers",
  tiers: [
    { name: "Bronze", order: 1, startValue: 0, endValue: middle },
    { name: "Silver", order: 2, startValue: middle, endValue: top },
    { name: "Gold", order: 3, startValue: top }
  ]
})

layer(TestServer, { excludeTestServices: true })("Tiers that are replaced", (it) => {
  it.effect(
    "never show a consumer in two of them, whatever is written meanwhile, and end with each in one",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { key } = yield* freshKey
        const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
          const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
          assert.strictEqual(answer.status, 200, answer.text)
          return answer.json
        })
        const consumers = (totalOrders: (n: number) => number) => ({
          consumers: Array.from({ length: people }, (_, n) => ({
            externalId: `p${n}`,
            emailVerified: false,
            phoneVerified: false,
            status: "ACTIVE",
            totalOrders: totalOrders(n)
          }))
        })
        yield* call(
          "POST",
          "/consumers/batch",
          consumers((n) => n)
        )
        const { audiences, tierGroup } = yield* call("POST", "/audiences/loyalty-tiers", programme(10, 20))
        const organizationId = audiences[0].organizationId as string
        /** In how many live tiers each consumer is, in one statement. */
        const memberships = sql<{ tiers: number }>`
          SELECT (
            SELECT count(*)::int FROM audience_blocks b JOIN audiences a ON a.organization_id = b.organization_id AND a.id = b.audience_id
            WHERE b.organization_id = c.organization_id AND a.group_id = ${tierGroup}::uuid AND NOT a.archived AND get_bit(b.bits, c.ordinal) = 1
          ) AS tiers FROM consumers c WHERE c.organization_id = ${organizationId}::uuid`
        const looks = yield* Ref.make<ReadonlyArray<number>>([])
        const looking = yield* Effect.forkScoped(
          Effect.forever(
            Effect.gen(function* () {
              const most = Math.max(...(yield* memberships).map(({ tiers }) => tiers))
              yield* Ref.update(looks, (all) => [...all, most])
            })
          )
        )
        const writing = yield* Effect.forkScoped(
          Effect.forEach(Array.from({ length: 20 }), (_, turn) =>
            call(
              "POST",
              "/consumers/batch",
              consumers((n) => (n + turn * 7) % people)
            )
          )
        )
        const areSettled = Effect.map(
          Effect.forEach(audiences as ReadonlyArray<Json>, ({ id }) => call("GET", `/audiences/${id}/status`)),
          (all) => all.every(({ inProgress, stale }) => !inProgress && !stale)
        )
        const settled = Effect.repeat(areSettled, { until: (done) => done, schedule: Schedule.spaced("20 millis") })
        for (let turn = 0; turn < 12; turn++) {
          const path = `/audiences/loyalty-tiers/${tierGroup}`
          yield* call("PUT", path, turn % 3 === 2 ? programme(10, 20) : programme(5 + turn, 35 - turn))
          if (turn % 2 === 0) yield* settled
        }
        yield* Fiber.join(writing)
        yield* settled
        yield* Fiber.interrupt(looking)
        assert.isTrue((yield* memberships).every(({ tiers }) => tiers === 1))
        const seen = yield* Ref.get(looks)
        assert.isAbove(seen.length, 10)
        assert.deepStrictEqual(
          [...new Set(seen)].filter((most) => most > 1),
          []
        )
      }),
    60_000
  )
})
