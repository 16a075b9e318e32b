import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const day = 86_400_000
const group = (last: string) => `00000000-0000-4000-8000-00000000000${last}`
const rule = (field: string, operator: string, values: ReadonlyArray<unknown>, groupId = group("a")) => ({
  field,
  operator,
  values,
  groupId
})

const until = <E, R>(
  asking: Effect.Effect<Answer, E, R>,
  wanted: (answer: Answer["json"]) => boolean
): Effect.Effect<Answer, E, R> =>
  Effect.flatMap(asking, (answer) =>
    wanted(answer.json) ? Effect.succeed(answer) : Effect.andThen(Effect.sleep("50 millis"), until(asking, wanted))
  )

const setting = Effect.gen(function* () {
  const { key } = yield* freshKey
  const now = Date.now()
  const [consumer] = (yield* ask("/api/consumers/batch", {
    key,
    ...json({
      consumers: [
        {
          email: "Ada@Example.com",
          emailVerified: true,
          phoneVerified: false,
          status: "ACTIVE",
          totalOrders: 3,
          ltv: "80",
          lastOrderAt: new Date(now - 10 * day).toISOString(),
          metadata: { plan: "Gold" }
        }
      ]
    })
  })).json
  const audience = (body: object) =>
    Effect.map(ask("/api/audiences", { key, ...json({ name: "A", ...body }) }), ({ json }) => json.id as string)
  const explain = (id: string) =>
    Effect.map(ask(`/api/audiences/${id}/members/${consumer.id}/explain`, { key }), (answer) => answer)
  return { audience, consumer, explain, key, now }
})

layer(TestServer, { excludeTestServices: true })("an explanation", (it) => {
  it.effect("tells of every rule whether it holds and what it saw, since when, and what would change it", () =>
    Effect.gen(function* () {
      const { audience, consumer, explain, key } = yield* setting
      const id = yield* audience({
        type: "DYNAMIC",
        rules: [
          rule("totalOrders", "GREATER_THAN_OR_EQUAL", [5]),
          rule("metadata.plan", "EQUALS", ["gold"]),
          rule("totalSpend", "GREATER_THAN", [99.99], group("b")),
          rule("email", "CONTAINS", ["@example."], group("b")),
          rule("smsOptOut", "EQUALS", [true], group("b"))
        ]
      })
      const { json: out } = yield* until(explain(id), (answer) => answer.version === 1)
      assert.deepInclude(out, {
        audienceId: id,
        consumerId: consumer.id,
        type: "DYNAMIC",
        status: "OUT",
        archived: false,
        meetsRules: false,
        chosen: null,
        since: { at: null, version: null, cause: null, before: null }
      })
      assert.deepStrictEqual(
        out.groups.map((each: { groupId: string; holds: boolean; rules: ReadonlyArray<never> }) => [
          each.groupId,
          each.holds,
          each.rules.map(({ holds, text, value }) => [holds, value, text])
        ]),
        [
          [
            group("a"),
            false,
            [
              [false, 3, "totalOrders is at least 5: no, it is 3"],
              [true, "Gold", 'metadata.plan is "gold": yes, it is "Gold"']
            ]
          ],
          [
            group("b"),
            false,
            [
              [false, "80", 'totalSpend is above 99.99: no, it is "80"'],
              [true, "Ada@Example.com", 'email contains "@example.": yes, it is "Ada@Example.com"'],
              [false, false, "smsOptOut is true: no, it is false"]
            ]
          ]
        ]
      )
      assert.deepStrictEqual(out.flip, {
        status: "IN",
        changes: [{ field: "totalOrders", from: 3, to: 5, text: "2 more orders" }],
        text: "2 more orders"
      })
      assert.isNull(out.flipInTime)
      assert.include(out.text, "OUT in version 1")
      assert.include(out.text, "Would be IN with: 2 more orders.")

      yield* ask(`/api/audiences/${id}/rules`, {
        key,
        ...json({ rules: [{ audienceId: id, ...rule("ltv", "GREATER_THAN_OR_EQUAL", [80]) }] }, "PUT")
      })
      const { json: inside } = yield* until(explain(id), (answer) => answer.status === "IN")
      assert.deepInclude(inside.since, { version: 2, cause: "rules", before: null })
      assert.isString(inside.since.at)
      assert.deepStrictEqual(inside.flip.text, "ltv 0.01 less")
    })
  )

  it.effect("tells when time alone will change it, to the millisecond", () =>
    Effect.gen(function* () {
      const { audience, explain, now } = yield* setting
      const id = yield* audience({ type: "DYNAMIC", rules: [rule("lastOrderAt", "GREATER_THAN", ["-P30D"])] })
      const { json: answer } = yield* until(explain(id), (each) => each.status === "IN")
      const at = new Date(now + 20 * day).toISOString()
      assert.deepStrictEqual(answer.flipInTime, { status: "OUT", at, text: `on ${at} by time alone` })
      assert.deepInclude(answer.flip, { status: "OUT", text: "lastOrderAt removed" })
    })
  )

  it.effect("tells of a list who chose, and of the archived that they are", () =>
    Effect.gen(function* () {
      const { audience, consumer, explain, key } = yield* setting
      const id = yield* audience({ type: "STATIC_LIST" })
      const never = (yield* explain(id)).json
      assert.deepInclude(never, { status: "OUT", meetsRules: null, chosen: null, flip: null, groups: [] })
      yield* ask(`/api/audiences/${id}/members`, { key, ...json({ consumerIds: [consumer.id] }) })
      const { json: chosen } = yield* explain(id)
      assert.deepInclude(chosen, { status: "IN", version: 1 })
      assert.strictEqual(chosen.chosen.source, "manual")
      assert.deepInclude(chosen.since, { version: 1, cause: "manual" })
      yield* ask(`/api/consumers/${consumer.id}`, { key, method: "DELETE" })
      assert.deepInclude((yield* explain(id)).json, { status: "OUT", text: "OUT: the consumer is archived." })
      yield* ask(`/api/audiences/${id}`, { key, method: "DELETE" })
      assert.deepInclude((yield* explain(id)).json, { status: "OUT", archived: true })
    })
  )

  it.effect("takes no name that every object has for a key of somebody's metadata", () =>
    Effect.gen(function* () {
      const { audience, explain } = yield* setting
      const id = yield* audience({
        type: "DYNAMIC",
        rules: [rule("metadata.constructor", "EXISTS", []), rule("metadata.toString", "EXISTS", [])]
      })
      const { json, status } = yield* explain(id)
      assert.deepStrictEqual(
        [status, json.groups[0].rules.map(({ value }: { value: unknown }) => value)],
        [200, [null, null]]
      )
    })
  )
})
