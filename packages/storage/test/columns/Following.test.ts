import type { ConsumerCreate } from "@audiences/domain/Consumer"
import { consumerFields } from "@audiences/domain/ConsumerField"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { blockSize } from "@audiences/engine/memberships/Block"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Layer, Random, Struct } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { isMember, type WireConsumer } from "../../../../tools/vitest/rules/BruteForce.ts"
import { randomConsumers, randomRules, randomRulesNow } from "../../../../tools/vitest/rules/RandomRules.ts"
import { insertPeople } from "../People.ts"
import { membersByColumns, openColumns, placeConsumers, TestColumns } from "../rules/Population.ts"

type People = Map<number, WireConsumer>

const below = (bound: number) => Effect.map(Random.next, (share) => Math.floor(share * bound))
const pick = <A>(values: ReadonlyArray<A>) => Effect.map(below(values.length), (i) => values[i]!)

/** As every writer does it: what is written, then who and which fields. */
const write = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  people: People,
  written: People,
  fields: ReadonlyArray<string> | null
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* placeConsumers(organizationId, [...written])
      yield* sql`SELECT record_change(${organizationId}::uuid, ${[...written.keys()]}::int[], ${fields}::text[], NULL)`
    })
  )
  for (const [ordinal, consumer] of written) people.set(ordinal, consumer)
})

const fieldNames = [...Struct.keys(consumerFields).filter((field) => field !== "emailDomain"), "metadata"]

/** What many rules ask about. */
const often = ["metadata", "email", "fullName", "totalOrders", "ltv", "lastOrderAt"]

/** Some of the people get some attributes of others, come, or go; now and then without the feed being of this kind at all. */
const writeSomething = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  people: People,
  strangers: ReadonlyArray<WireConsumer>
) {
  const sql = yield* SqlClient.SqlClient
  const kind = yield* pick([
    "change",
    "change",
    "change",
    "come",
    "come elsewhere",
    "archive",
    "leave",
    "list"
  ] as const)
  const ordinals = [...people.keys()]
  const [who, other] = [yield* pick(ordinals), yield* pick(strangers)]
  const known = people.get(who)!
  switch (kind) {
    case "change": {
      const fields = [...(yield* Effect.all([pick(fieldNames), pick(fieldNames), pick(fieldNames), pick(often)]))]
      const changed = Struct.pick(
        other,
        fields.filter((field) => !["email", "phone", "primaryExternalId"].includes(field))
      )
      // Identifiers stay of one person.
      const named = (ordinal: number) => (fields.includes("email") ? { email: `${fields[0]}${ordinal}@straße.de` } : {})
      const those = [who, ...ordinals.filter((ordinal) => ordinal % 4 === who % 4)]
      const written = new Map(those.map((each) => [each, { ...people.get(each), ...changed, ...named(each) }]))
      return yield* write(organizationId, people, written, fields)
    }
    case "come":
    case "come elsewhere": {
      const last = Math.max(...ordinals)
      const ordinal = last + (kind === "come" || last > 5 * blockSize ? 1 : blockSize)
      const stranger = { ...other, email: null, phone: null, primaryExternalId: null }
      return yield* write(organizationId, people, new Map([[ordinal, stranger]]), null)
    }
    case "archive":
      return yield* write(organizationId, people, new Map([[who, { ...known, archived: true }]]), null)
    case "leave": {
      if (people.size < 10) return
      people.delete(who)
      yield* sql`DELETE FROM consumers WHERE organization_id = ${organizationId}::uuid AND ordinal = ${who}::int`
      yield* sql`SELECT record_change(${organizationId}::uuid, ${[who]}::int[], NULL, NULL)`
      return
    }
    case "list":
      yield* sql`SELECT record_change(${organizationId}::uuid, ${[who]}::int[], '{}', gen_random_uuid())`
  }
})

const expected = (people: People, lines: Parameters<typeof isMember>[0]) =>
  [...people]
    .filter(([, consumer]) => isMember(lines, consumer, randomRulesNow))
    .map(([ordinal]) => ordinal)
    .sort((a, b) => a - b)

const TestLayer = Consumers.layer.pipe(
  Layer.provide([ConsumerRepoSql, DatabaseClockSql]),
  Layer.provideMerge(Layer.merge(PostgresTest, TestColumns.layer))
)

layer(TestLayer)("Columns that follow the change feed", (it) => {
  it.effect(
    "are what columns loaded anew would be, whatever was written",
    () =>
      Effect.gen(function* () {
        const organizationId = yield* freshOrganization
        const seed = yield* Random.nextInt
        const [strangers = []] = yield* Arbitrary.sampleEffect(randomConsumers(120), { count: 1, size: 20, seed })
        const people: People = new Map(
          strangers.slice(0, 40).map((consumer, i) => [i < 20 ? i : blockSize + i, consumer])
        )
        yield* write(organizationId, people, new Map(people), null)
        const result = yield* Arbitrary.checkEffect(
          randomRules,
          (lines) =>
            Effect.gen(function* () {
              yield* Effect.repeat(writeSomething(organizationId, people, strangers), { times: yield* below(3) })
              const found = yield* membersByColumns(organizationId, lines, randomRulesNow)
              return JSON.stringify(found) === JSON.stringify(expected(people, lines))
            }),
          { runs: 250, size: 20, concurrency: 1, seed }
        )
        assert.strictEqual(Arbitrary.formatCheckFailure(result), undefined, `seed ${seed}`)
      }),
    60_000
  )

  it.effect("read blocks anew of which much was written", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      const balances = Array.from({ length: 6000 }, (_, i) => i)
      yield* insertPeople(
        organizationId,
        balances.map((loyaltyBalance) => ({ loyaltyBalance }))
      )
      const lines = [{ field: "loyaltyBalance", operator: "GREATER_THAN", values: [100] }] as const
      const check = Effect.gen(function* () {
        assert.deepStrictEqual(
          yield* membersByColumns(organizationId, lines, 0),
          balances.flatMap((balance, ordinal) => (balance > 100 ? [ordinal] : []))
        )
      })
      yield* check
      const changed = Array.from({ length: 5000 }, (_, i) => i)
      for (const ordinal of changed) balances[ordinal] = ordinal % 200
      yield* sql`
        UPDATE consumers SET loyalty_balance = ordinal % 200 WHERE organization_id = ${organizationId}::uuid AND ordinal < 5000`
      yield* sql`SELECT record_change(${organizationId}::uuid, ${changed}::int[], '{loyaltyBalance}', NULL)`
      yield* check
    })
  )

  it.effect("know the fields by the names that writers use", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const someone = { emailVerified: false, phoneVerified: false, status: "ACTIVE" as const, externalId: "x" }
      const actor = { organizationId, name: "key:test" }
      const batch = (attributes: Partial<ConsumerCreate>) =>
        consumers.batch(actor, { consumers: [{ ...someone, ...attributes }] })
      const questions = {
        email: ["a@new.example"],
        emailDomain: ["new.example"],
        fullName: ["New"],
        totalOrders: [7],
        ltv: ["7.5"],
        smsOptOut: [true],
        "metadata.plan": ["new"],
        updatedBy: ["key:test"]
      }
      const answers = Effect.forEach(Object.entries(questions), ([field, values]) =>
        Effect.map(membersByColumns(organizationId, [{ field, operator: "EQUALS", values }], 0), ({ length }) => length)
      )
      const [made] = yield* batch({})
      assert.deepStrictEqual(yield* answers, [0, 0, 0, 0, 0, 0, 0, 0])
      yield* consumers.update(actor, made!.id, { email: "a@new.example" })
      assert.deepStrictEqual(yield* answers, [1, 1, 0, 0, 0, 0, 0, 1])
      yield* batch({ fullName: "New", totalOrders: 7, ltv: "7.5" })
      assert.deepStrictEqual(yield* answers, [1, 1, 1, 1, 1, 0, 0, 1])
      yield* batch({ smsOptOut: true, metadata: { plan: "new" } })
      assert.deepStrictEqual(yield* answers, [1, 1, 1, 1, 1, 1, 1, 1])
    })
  )

  it.effect("begin anew where the feed does not reach back", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* freshOrganization
      const people: People = new Map([[0, { totalOrders: 1 }]])
      const lines = [{ field: "totalOrders", operator: "GREATER_THAN", values: [1] }] as const
      yield* write(organizationId, people, new Map(people), null)
      assert.deepStrictEqual(yield* membersByColumns(organizationId, lines, 0), [])
      for (const totalOrders of [2, 3])
        yield* write(organizationId, people, new Map([[0, { totalOrders }]]), ["totalOrders"])
      yield* sql`DELETE FROM changes WHERE organization_id = ${organizationId}::uuid AND position = 2`
      assert.deepStrictEqual(yield* membersByColumns(organizationId, lines, 0), [0])
    })
  )

  it.effect("say at which position of the feed they were asked", () =>
    Effect.gen(function* () {
      const organizationId = yield* freshOrganization
      const columns = yield* openColumns()
      const everybody = { _tag: "All", conditions: [] } as const
      const position = Effect.promise(() => columns.evaluate(organizationId, everybody, 0)).pipe(
        Effect.map((evaluation) => evaluation?.position)
      )
      assert.strictEqual(yield* position, 0)
      const people: People = new Map()
      yield* write(organizationId, people, new Map([[0, {}]]), null)
      yield* write(organizationId, people, new Map([[0, {}]]), null)
      assert.strictEqual(yield* position, 2)
    })
  )
})
