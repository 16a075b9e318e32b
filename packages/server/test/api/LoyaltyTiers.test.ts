import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Random, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

type Json = Answer["json"]

const person = (n: number) => ({
  email: `p${n}@example.com`,
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE"
})

/** Hundred-millionths, so that amounts next to each other differ in the last digit that is kept. */
const amount = (units: bigint) => {
  const digits = units.toString().padStart(9, "0")
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`
}

const founded = Effect.gen(function* () {
  const { key } = yield* freshKey
  const send = (method: string, path: string, body?: unknown) =>
    ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* send(method, path, body)
    assert.strictEqual(answer.status, 200, answer.text)
    return answer.json
  })
  const settled = (id: string) =>
    Effect.repeat(call("GET", `/audiences/${id}/status`), {
      until: ({ inProgress, stale }: Json) => !inProgress && !stale,
      schedule: Schedule.spaced("20 millis")
    })
  /** Emails of the members, each as often as it is shown. */
  const members = Effect.fnUntraced(function* (group: string, audienceId?: string) {
    const filter = audienceId === undefined ? "" : `&audienceId=${audienceId}`
    const { data } = yield* call("GET", `/audiences/groups/${group}/members?first=100${filter}`)
    return data.map(({ email }: { email: string }) => email) as Array<string>
  })
  return { key, call, send, settled, members }
})

const fromOneTo = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))

/** Steps between the ends of ranges, and for each range whether a gap follows. */
const programmes = Arbitrary.all({
  start: Arbitrary.schema(fromOneTo(3)),
  steps: Arbitrary.array(Arbitrary.schema(fromOneTo(3)), { minLength: 1, maxLength: 5 }),
  gaps: Arbitrary.array(Arbitrary.schema(Schema.Boolean), { minLength: 5, maxLength: 5 }),
  isOpen: Arbitrary.schema(Schema.Boolean),
  isReversed: Arbitrary.schema(Schema.Boolean)
})

layer(TestServer, { excludeTestServices: true })("Loyalty tiers", (it) => {
  it.effect(
    "share out the consumers: each is in the one tier whose range has the value, or in none",
    () =>
      Effect.gen(function* () {
        const seed = yield* Random.nextInt
        const drawn = yield* Arbitrary.sampleEffect(programmes, { count: 8, size: 5, seed })
        const { call, members, settled } = yield* founded
        // Too many digits for a float: 123456789012.12345600 and what follows it.
        const base = 12_345_678_901_212_345_600n
        const valueOf = {
          ltv: (step: number) => amount(base + BigInt(step)),
          loyaltyBalance: (step: number) => step / 10
        }
        const people = Array.from({ length: 22 }, (_, n) => ({
          ...person(n),
          ltv: valueOf.ltv(n),
          loyaltyBalance: valueOf.loyaltyBalance(n)
        }))
        yield* call("POST", "/consumers/batch", { consumers: people })
        for (const [i, { gaps, isOpen, isReversed, start, steps }] of drawn.entries()) {
          const attribute = i % 2 === 0 ? "ltv" : "loyaltyBalance"
          const told = `seed ${seed}, programme ${i}`
          let at = start
          const ranges = steps.map((step, n) => {
            const from = at
            const to = from + step
            at = to + (gaps[n] === true ? 1 : 0)
            return { from, to: isOpen && n === steps.length - 1 ? Infinity : to }
          })
          const tiers = ranges.map(({ from, to }, n) => ({
            name: `Tier ${n}`,
            order: n - 2.5,
            startValue: valueOf[attribute](from),
            endValue: to === Infinity ? null : valueOf[attribute](to)
          }))
          const body = { attribute, groupName: "Tiers", tiers: isReversed ? tiers.toReversed() : tiers }
          const { audiences, tierGroup } = yield* call("POST", "/audiences/loyalty-tiers", body)
          assert.deepStrictEqual(
            audiences.map(({ name }: Json) => name),
            tiers.map(({ name }) => name)
          )
          const found: Array<string> = []
          for (const [n, { id }] of audiences.entries()) {
            yield* settled(id)
            const own = yield* members(tierGroup, id)
            const { from, to } = ranges[n]!
            const expected = people.flatMap(({ email }, step) => (step >= from && step < to ? [email] : []))
            assert.sameMembers(own, expected, `${told}, tier ${n}`)
            found.push(...own)
          }
          assert.strictEqual(new Set(found).size, found.length, told)
          assert.sameMembers(yield* members(tierGroup), found, told)
        }
      }),
    60_000
  )

  it.effect("are audiences of one group that say which tier they are, and go by what consumers have earned", () =>
    Effect.gen(function* () {
      const { call, members, settled } = yield* founded
      const [{ id: consumer }] = yield* call("POST", "/consumers/batch", {
        consumers: [{ ...person(1), loyaltyBalance: 99 }]
      })
      const { audiences, tierGroup } = yield* call("POST", "/audiences/loyalty-tiers", {
        attribute: "loyaltyBalance",
        groupName: "Stars",
        tiers: [
          { name: "Gold", order: 2, startValue: "100", iconName: "gold-star" },
          { name: " Silver ", order: 1, startValue: 0, endValue: 100 }
        ]
      })
      const [silver, gold] = audiences
      assert.deepInclude(silver, {
        name: "Silver",
        type: "DYNAMIC",
        groupType: "SEGMENTED_VALUE",
        groupName: "Stars",
        groupId: tierGroup,
        iconName: null,
        archived: false
      })
      assert.deepStrictEqual(gold.metadata, {
        tierGroup,
        tierAttribute: "loyaltyBalance",
        tierOrder: 2,
        tierBoundaries: { min: "100", max: null }
      })
      assert.strictEqual(gold.iconName, "gold-star")
      assert.deepStrictEqual(
        silver.rules.map(({ field, operator, values }: Json) => [field, operator, values]),
        [
          ["loyaltyBalance", "GREATER_THAN_OR_EQUAL", [0]],
          ["loyaltyBalance", "LESS_THAN", [100]]
        ]
      )
      yield* Effect.forEach([silver.id, gold.id], settled)
      assert.deepStrictEqual(yield* members(tierGroup, silver.id), ["p1@example.com"])
      yield* call("POST", `/consumers/${consumer}/loyalty-transactions`, { txnType: "earn", pointsDelta: 1 })
      yield* Effect.forEach([silver.id, gold.id], (id) =>
        Effect.andThen(call("POST", `/audiences/${id}/refresh`), settled(id))
      )
      assert.deepStrictEqual(yield* members(tierGroup, silver.id), [])
      assert.deepStrictEqual(yield* members(tierGroup, gold.id), ["p1@example.com"])
    })
  )

  it.effect(
    "are replaced as a whole: matched by name, changed, created, archived, and left alone where nothing changes",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { call, members, send, settled } = yield* founded
        yield* call("POST", "/consumers/batch", { consumers: [{ ...person(1), totalOrders: 5 }] })
        const programme = (...tiers: ReadonlyArray<object>) => ({
          attribute: "totalOrders",
          groupName: "Buyers",
          tiers
        })
        const bronze = { name: "Bronze", order: 0, startValue: 0, endValue: 3 }
        const first = yield* call(
          "POST",
          "/audiences/loyalty-tiers",
          programme(
            bronze,
            { name: "Silver", order: 1, startValue: 3, endValue: 9 },
            { name: "Gold", order: 2, startValue: 9 }
          )
        )
        const [oldBronze, oldSilver, oldGold] = first.audiences
        yield* Effect.forEach([oldBronze.id, oldSilver.id, oldGold.id], settled)
        yield* call("PUT", `/audiences/${oldSilver.id}`, { description: "ours", metadata: { colour: "grey" } })
        const groupId = first.tierGroup
        const chosen = yield* call("POST", "/audiences", { name: "Chosen", type: "STATIC_LIST", groupId })
        const path = `/audiences/loyalty-tiers/${groupId}`
        const next = programme(
          bronze,
          { name: "SILVER", order: 1, startValue: 6, endValue: 9, iconName: "s" },
          { name: "Platinum", order: 3, startValue: 9 }
        )
        const { audiences, tierGroup } = yield* call("PUT", path, next)
        assert.strictEqual(tierGroup, groupId)
        const [newBronze, newSilver, platinum] = audiences
        const { lastRefreshedAt } = newBronze
        assert.deepStrictEqual(
          [audiences.length, newBronze, newSilver.id],
          [3, { ...oldBronze, lastRefreshedAt }, oldSilver.id]
        )
        assert.deepInclude(newSilver, { name: "SILVER", iconName: "s", description: "ours" })
        assert.deepInclude(newSilver.metadata, { colour: "grey", tierBoundaries: { min: 6, max: 9 } })
        assert.isTrue((yield* call("GET", `/audiences/${oldGold.id}`)).archived)
        assert.isFalse((yield* call("GET", `/audiences/${chosen.id}`)).archived)
        yield* Effect.forEach([oldBronze.id, newSilver.id, platinum.id], settled)
        assert.deepStrictEqual(yield* members(groupId), [])
        const entries = () => sql`SELECT 1 FROM audit_log WHERE subject_id = ${groupId}`
        const before = (yield* entries()).length
        assert.deepStrictEqual(
          (yield* call("PUT", path, next)).audiences.map(({ updatedAt }: Json) => updatedAt),
          [newBronze.updatedAt, newSilver.updatedAt, platinum.updatedAt]
        )
        assert.strictEqual((yield* entries()).length, before)
        const both = yield* Effect.all(
          [7, 8].map((end) =>
            call("PUT", path, programme({ ...bronze, endValue: end }, { name: "New", order: 5, startValue: 20 }))
          ),
          { concurrency: 2 }
        )
        const [live] = both
        assert.sameMembers(
          (yield* call("GET", `/audiences/groups/${groupId}`)).map(({ id }: Json) => id),
          [chosen.id, ...live.audiences.map(({ id }: Json) => id)]
        )
        yield* call("DELETE", `/audiences/groups/${groupId}`)
        const late = yield* send("PUT", path, next)
        assert.deepStrictEqual([late.status, late.json], [409, { error: "Audience group is archived" }])
      })
  )

  it.effect("are refused whole, each problem with its path, and nothing is written", () =>
    Effect.gen(function* () {
      const { call, send } = yield* founded
      const refusal = Effect.fnUntraced(function* (tiers: ReadonlyArray<object>, attribute = "ltv") {
        const answer = yield* send("POST", "/audiences/loyalty-tiers", { attribute, groupName: "Tiers", tiers })
        assert.strictEqual(answer.status, 400, answer.text)
        return answer.json.issues.map(({ path }: Json) => path.map(({ key }: Json) => key).join("."))
      })
      const tier = (order: number, startValue: unknown, endValue: unknown = null) => ({
        name: `T${order}`,
        order,
        startValue,
        endValue
      })
      assert.deepStrictEqual(yield* refusal([]), ["tiers"])
      assert.deepStrictEqual(yield* refusal([tier(1, 0, 10.5), tier(2, "10.49")]), ["tiers.1.startValue"])
      assert.deepStrictEqual(yield* refusal([tier(1, 0), tier(2, 10)]), ["tiers.0.endValue"])
      assert.deepStrictEqual(yield* refusal([tier(1, "5", "5.00")]), ["tiers.0.endValue"])
      assert.deepStrictEqual(yield* refusal([tier(2, 0, 10), tier(1, 10, 20)]), ["tiers.0.startValue"])
      assert.deepStrictEqual(yield* refusal([tier(1, "ten"), tier(2, 0.1234567890123456)]), [
        "tiers.0.startValue",
        "tiers.1.startValue"
      ])
      assert.deepStrictEqual(yield* refusal([tier(1, "1e400"), tier(2, "0x10")], "aov"), [
        "tiers.0.startValue",
        "tiers.1.startValue"
      ])
      assert.deepStrictEqual(yield* refusal([tier(1, "", " 5")], "totalOrders"), [
        "tiers.0.startValue",
        "tiers.0.endValue"
      ])
      assert.deepStrictEqual(
        yield* refusal([tier(1, 0, 1), { ...tier(1, 1, 2), name: "t1" }, { ...tier(3, 2), name: "" }]),
        ["tiers.2.name"]
      )
      assert.deepStrictEqual(yield* refusal([tier(1, 0, 1), { ...tier(1, 1, 2), name: "t1" }]), [
        "tiers.1.name",
        "tiers.1.order"
      ])
      assert.deepStrictEqual((yield* call("GET", "/audiences")).data, [])
      const groupId = "0190a000-0000-7000-8000-0000000000cc"
      yield* call("POST", "/audiences", { name: "No tier", type: "DYNAMIC", groupId, groupType: "RFM" })
      const body = { attribute: "ltv", groupName: "Tiers", tiers: [tier(1, 0)] }
      const foreign = yield* send("PUT", `/audiences/loyalty-tiers/${groupId}`, body)
      assert.strictEqual(foreign.status, 400)
      assert.include(foreign.json.issues[0].message, "Audience group has no tiers")
    })
  )
})
