import type { Consumer, ConsumerCreate } from "@audiences/domain/Consumer"
import { fold } from "@audiences/domain/Fold"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const TestLayer = Consumers.layer.pipe(
  Layer.provide([ConsumerRepoSql, DatabaseClockSql]),
  Layer.provideMerge(PostgresTest)
)

const actorOf = (organizationId: OrganizationId) => ({ organizationId, name: "key:test" })
const someone = (attributes: Partial<ConsumerCreate>): ConsumerCreate => ({
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE",
  ...attributes
})
const feedOf = (organizationId: OrganizationId) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      sql<{ ordinals: Array<number>; fields: Array<string> | null }>`
      SELECT ordinals, fields FROM changes WHERE organization_id = ${organizationId} ORDER BY position`
  )

const tagOf = <E extends { readonly _tag: string }>(write: Effect.Effect<void, E>) =>
  write.pipe(
    Effect.as("done"),
    Effect.catch((error) => Effect.succeed(error._tag))
  )

/** Few enough values that people collide all the time; the second of each spells the first otherwise. */
const Person = Schema.Struct({
  email: Schema.optionalKey(
    Schema.NullOr(Schema.Literals(["ann@strasse.de", "ANN@straße.de", "bob@example.com", "cy@example.com"]))
  ),
  phone: Schema.optionalKey(
    Schema.NullOr(Schema.Literals(["+491", "+492", "+493"].map((each) => `${each}00` as const)))
  ),
  externalId: Schema.optionalKey(Schema.NullOr(Schema.Literals(["Ä1", "a\u03081", "x2", "X2", "x3"]))),
  fullName: Schema.optionalKey(Schema.NullOr(Schema.Literals(["A", "B"])))
})
type Person = typeof Person.Type

interface Known {
  email: string | null
  phone: string | null
  externalId: string | null
  fullName: string | null
}

const knownOf = ({ email = null, phone = null, primaryExternalId = null, fullName = null }: Consumer): Known => ({
  email,
  phone,
  externalId: primaryExternalId,
  fullName
})

const names = ["email", "phone", "externalId"] as const

/** The contract's paragraph on identity, for a list of people in memory: which entries are refused, else what becomes of them. */
const model = (
  known: Array<Known>,
  batch: ReadonlyArray<Person>
): { readonly refused: Array<number>; readonly merged: Array<Known> } => {
  const keyed = (name: (typeof names)[number], person: { readonly [K in (typeof names)[number]]?: string | null }) =>
    person[name] === undefined || person[name] === null ? undefined : fold(person[name])
  const owner = (name: (typeof names)[number], person: Person) =>
    known.find((each) => keyed(name, person) !== undefined && keyed(name, each) === keyed(name, person))
  const meant = batch.map((person) => {
    const first = names.find((name) => keyed(name, person) !== undefined)
    return first === undefined ? undefined : owner(first, person)
  })
  const refused = batch.flatMap((person, i) => {
    const stolen = names.some((name) => owner(name, person) !== undefined && owner(name, person) !== meant[i])
    const twin = batch.some(
      (other, j) =>
        i !== j &&
        ((meant[i] !== undefined && meant[i] === meant[j]) ||
          names.some((name) => keyed(name, person) !== undefined && keyed(name, person) === keyed(name, other)))
    )
    return stolen || twin ? [i] : []
  })
  const merged =
    refused.length > 0
      ? []
      : batch.map((person, i): Known => {
          const target = meant[i] ?? { email: null, phone: null, externalId: null, fullName: null }
          if (meant[i] === undefined) known.push(target)
          return Object.assign(target, person)
        })
  return { refused, merged }
}

layer(TestLayer, { excludeTestServices: true })("batches of consumers", (it) => {
  it.effect.prop(
    "end as the same batches on a list in memory",
    [Schema.Array(Schema.Array(Person).check(Schema.isMaxLength(4))).check(Schema.isMaxLength(6))],
    ([batches]) =>
      Effect.gen(function* () {
        const consumers = yield* Consumers
        const organizationId = yield* freshOrganization
        const known: Array<Known> = []
        for (const batch of batches) {
          const expected = model(known, batch)
          const exit = yield* Effect.exit(consumers.batch(actorOf(organizationId), { consumers: batch.map(someone) }))
          if (Exit.isSuccess(exit)) {
            assert.deepStrictEqual({ refused: [], merged: exit.value.map(knownOf) }, expected)
          } else {
            const error = yield* Effect.flip(exit)
            assert.deepStrictEqual(
              [...new Set(error.issues.map((issue) => Number(issue.path[1]!.key)))].sort(),
              expected.refused
            )
          }
        }
        const { data } = yield* consumers.list(organizationId, { first: 100, sortDir: "asc" })
        assert.deepStrictEqual(data.map(knownOf), known)
      }),
    { arbitrary: { runs: 60 } }
  )

  it.effect("answers an empty batch with nothing, and writes nothing", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      assert.deepStrictEqual(yield* consumers.batch(actorOf(organizationId), { consumers: [] }), [])
      assert.deepStrictEqual(yield* feedOf(organizationId), [])
    })
  )

  it.effect("keeps what it is not told, clears what is null, and counts only changes as changes", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const batch = (attributes: Partial<ConsumerCreate>) =>
        Effect.map(
          consumers.batch(actorOf(organizationId), { consumers: [someone(attributes)] }),
          ([consumer]) => consumer!
        )
      const email = "ann@example.com"
      const first = yield* batch({
        email,
        externalId: "A-1",
        fullName: "Ann",
        ltv: "007.50",
        totalOrders: 0.1,
        lastGeoCoordinates: { latitude: 1.5, longitude: -2 },
        metadata: { b: -0, a: ["x", 1] },
        verificationCode: "123"
      })
      assert.deepInclude(first, {
        ltv: "7.5",
        aov: "0",
        totalOrders: 0.1,
        activityScore: 0,
        smsOptOut: false,
        primaryExternalId: "A-1",
        verificationCode: null,
        updatedAt: null,
        updatedBy: null,
        createdBy: "key:test"
      })
      assert.deepStrictEqual(first.lastGeoCoordinates, { latitude: 1.5, longitude: -2 })

      assert.deepStrictEqual(yield* batch({ email, ltv: "7.500", metadata: { a: ["x", 1], b: 0 } }), {
        ...first,
        metadata: { a: ["x", 1], b: 0 }
      })
      const third = yield* batch({
        email: "Ann@example.com",
        fullName: null,
        lastGeoCoordinates: null,
        metadata: { c: true }
      })
      assert.deepInclude(third, {
        id: first.id,
        email: "Ann@example.com",
        fullName: null,
        lastGeoCoordinates: null,
        metadata: { c: true },
        ltv: "7.5",
        updatedBy: "key:test"
      })
      assert.deepStrictEqual(yield* consumers.get(organizationId, first.id), { ...third, primarySyncSource: null })
      assert.deepStrictEqual(yield* feedOf(organizationId), [
        { ordinals: [0], fields: null },
        {
          ordinals: [0],
          fields: ["email", "emailDomain", "fullName", "lastGeoCoordinates", "metadata", "updatedAt", "updatedBy"]
        }
      ])
    })
  )

  it.effect("stores what people are called anywhere, and keys that objects have of their own", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const metadata = JSON.parse(
        `{"__proto__":"p","constructor":[null,"c",1e300,5e-324],"first_name":"x","":"empty \\"quote\\" \\\\ 😀"}`
      )
      const [made] = yield* consumers.batch(actorOf(organizationId), {
        consumers: [someone({ fullName: "Zoë 'O\"Neil\\ 李😀", metadata, activityScore: 1.7976931348623157e308 })]
      })
      const got = yield* consumers.get(organizationId, made!.id)
      assert.strictEqual(got.fullName, "Zoë 'O\"Neil\\ 李😀")
      assert.strictEqual(got.activityScore, 1.7976931348623157e308)
      assert.deepStrictEqual(new Map(Object.entries(got.metadata!)), new Map(Object.entries(metadata)))
    })
  )

  it.effect("refuses 500 entries that are one person, each by its index, and writes none", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const input = {
        consumers: Array.from({ length: 500 }, () =>
          someone({ email: "a@example.com", phone: "+4912345", externalId: "x" })
        )
      }
      const { issues } = yield* Effect.flip(consumers.batch(actorOf(organizationId), input))
      assert.deepStrictEqual(
        [...new Set(issues.map((issue) => issue.path[1]!.key))],
        Array.from({ length: 500 }, (_, i) => i)
      )
      assert.strictEqual(issues[3]!.message, "Email already exists: entries 1 and 0 are the same person")
      assert.deepStrictEqual((yield* consumers.list(organizationId, {})).data, [])
    })
  )

  it.effect("names both when an identifier is somebody else's", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const [ann, bob] = yield* consumers.batch(actorOf(organizationId), {
        consumers: [someone({ email: "ann@example.com" }), someone({ email: "bob@example.com", phone: "+4912345" })]
      })
      const { issues } = yield* Effect.flip(
        consumers.batch(actorOf(organizationId), {
          consumers: [someone({ email: "new@example.com" }), someone({ email: "ann@example.com", phone: "+4912345" })]
        })
      )
      assert.deepStrictEqual(
        issues.map(({ message, path }) => [message, path.map(({ key }) => key)]),
        [[`Phone already exists: it is consumer ${bob!.id}'s, not consumer ${ann!.id}'s`, ["consumers", 1, "phone"]]]
      )
    })
  )

  it.effect("stay one person each when ten of them come at once", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const people = Array.from({ length: 200 }, (_, i) => i)
      const batch = (round: number) => {
        const order = round % 2 === 0 ? people : [...people].reverse()
        return consumers.batch(actorOf(organizationId), {
          consumers: order.map((i) =>
            someone({ email: `p${i}@example.com`, phone: `+4912${1000 + i}`, totalOrders: round })
          )
        })
      }
      const answers = yield* Effect.all(
        Array.from({ length: 10 }, (_, round) => batch(round)),
        { concurrency: "unbounded" }
      )
      const sql = yield* SqlClient.SqlClient
      const [counted] = yield* sql<{ rows: number; people: number; top: number; orders: number }>`
        SELECT count(*)::int AS rows, count(DISTINCT email_folded)::int AS people, max(ordinal) AS top, count(DISTINCT total_orders)::int AS orders
        FROM consumers WHERE organization_id = ${organizationId}`
      assert.deepStrictEqual(counted, { rows: 200, people: 200, top: 199, orders: 1 })
      const ids = answers.map((answer) => answer.map(({ id, email }) => `${email} ${id}`).sort())
      for (const each of ids) assert.deepStrictEqual(each, ids[0])
    })
  )

  it.effect("take identifiers from each other at once without error or duplicate", () =>
    Effect.gen(function* () {
      const consumers = yield* Consumers
      const organizationId = yield* freshOrganization
      const range = Array.from({ length: 20 }, (_, i) => i)
      const made = yield* consumers.batch(actorOf(organizationId), {
        consumers: range.map((i) => someone({ email: `e${i}@example.com` }))
      })
      // Everybody wants everybody's phone: in each round one gets it, the others are refused, nobody dies.
      const results = yield* Effect.all(
        range.flatMap((i) =>
          [
            Effect.asVoid(consumers.update(actorOf(organizationId), made[i]!.id, { phone: `+4912${100 + (i % 5)}` })),
            Effect.asVoid(
              consumers.batch(actorOf(organizationId), {
                consumers: [someone({ email: `n${i}@example.com`, phone: `+4912${100 + (i % 5)}` })]
              })
            )
          ].map(tagOf)
        ),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual([...results].sort(), [
        ...Array.from({ length: 35 }, () => "ValidationError"),
        ...Array.from({ length: 5 }, () => "done")
      ])
    })
  )
})
