import type { Actor } from "@audiences/domain/Actor"
import { type ConsumerId } from "@audiences/domain/Consumer"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { Orders } from "@audiences/engine/orders/Orders"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { OrderRepoSql } from "@audiences/storage/orders/OrderRepoSql"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { actorOf } from "../Service.ts"

const OrdersTest = Layer.mergeAll(Orders.layer, Consumers.layer).pipe(
  Layer.provide(Layer.mergeAll(OrderRepoSql, ConsumerRepoSql, DatabaseClockSql)),
  Layer.provideMerge(PostgresTest)
)

const known = { emailVerified: false, phoneVerified: false, status: "ACTIVE" } as const
const names = ["ada", "bob", "cyd"]
const emailOf = (name: string) => `${name}@example.com`

const founded = Effect.gen(function* () {
  const actor = actorOf(yield* freshOrganization)
  const consumers = yield* Consumers
  const people = yield* Effect.orDie(
    consumers.batch(actor, { consumers: names.map((name) => ({ ...known, email: emailOf(name) })) })
  )
  return { actor, ids: people.map(({ id }) => id) }
})

const day = (n: number) => DateTime.makeUnsafe(Date.UTC(2026, 0, 1 + n))
const money = (cents: number) => (cents / 100).toFixed(2)

const totalsOf = Effect.fnUntraced(function* (actor: Actor, id: ConsumerId) {
  const consumers = yield* Consumers
  const { aov, lastOrderAt, ltv, totalOrders } = yield* Effect.orDie(consumers.get(actor.organizationId, id))
  return { totalOrders, ltv, aov, lastOrderAt: lastOrderAt == null ? null : DateTime.formatIso(lastOrderAt) }
})

const person = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 }))
const days = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))
const cents = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99_999 }))

const Step = Schema.Union([
  Schema.Struct({
    orders: Schema.Array(Schema.Struct({ order: days, person, day: days, cents })).check(Schema.isMaxLength(5))
  }),
  Schema.Struct({ written: person, cents, count: days, day: Schema.NullOr(days) })
])

/** What the contract says of order totals: a baseline, and the orders recorded. */
class Model {
  readonly orders = new Map<number, { person: number; day: number; cents: number }>()
  readonly baselines = names.map(() => ({ count: 0, cents: 0, day: null as number | null }))

  of(who: number) {
    const own = [...this.orders.values()].filter(({ person }) => person === who)
    const base = this.baselines[who]!
    const days = [...own.map(({ day }) => day), ...(base.day === null ? [] : [base.day])]
    return {
      count: base.count + own.length,
      cents: base.cents + own.reduce((sum, each) => sum + each.cents, 0),
      day: days.length === 0 ? null : Math.max(...days)
    }
  }

  /** Totals never fall below zero: the baseline gives way. */
  settle(who: number) {
    const { cents, count } = this.of(who)
    if (count < 0) this.baselines[who]!.count -= count
    if (cents < 0) this.baselines[who]!.cents -= cents
  }
}

layer(OrdersTest, { excludeTestServices: true })("Orders", (it) => {
  it.effect.prop(
    "keep the totals of their consumers, whatever is replaced, moved and written directly",
    [Schema.Array(Step).check(Schema.isMaxLength(8))],
    ([steps]) =>
      Effect.gen(function* () {
        const { actor, ids } = yield* founded
        const orders = yield* Orders
        const consumers = yield* Consumers
        const model = new Model()
        for (const step of steps) {
          if ("orders" in step) {
            const distinct = [...new Map(step.orders.map((each) => [each.order, each])).values()]
            yield* orders.batch(actor, {
              orders: distinct.map((each) => ({
                orderId: `order ${each.order}`,
                consumerId: ids[each.person]!,
                orderedAt: day(each.day),
                total: money(each.cents)
              }))
            })
            for (const { order, ...rest } of distinct) model.orders.set(order, rest)
            names.forEach((_, who) => model.settle(who))
          } else {
            const before = model.of(step.written)
            yield* consumers.batch(actor, {
              consumers: [
                {
                  ...known,
                  email: emailOf(names[step.written]!),
                  totalOrders: step.count,
                  ltv: money(step.cents),
                  ...(step.day === null ? {} : { lastOrderAt: day(step.day) })
                }
              ]
            })
            const base = model.baselines[step.written]!
            base.count += step.count - before.count
            base.cents += step.cents - before.cents
            if (step.day !== null && step.day !== before.day) base.day = step.day
          }
        }
        // Brings the latest order of everybody up to date: a direct write stands until then.
        yield* orders.batch(actor, {
          orders: ids.map((consumerId, i) => ({
            orderId: `last ${i}`,
            consumerId,
            orderedAt: DateTime.makeUnsafe(0),
            total: "0"
          }))
        })
        for (const [who, id] of ids.entries()) {
          const { aov, lastOrderAt, ltv, totalOrders } = yield* totalsOf(actor, id)
          const expected = model.of(who)
          const count = expected.count + 1
          assert.deepStrictEqual(
            { totalOrders, ltv: Number(ltv), lastOrderAt },
            {
              totalOrders: count,
              ltv: expected.cents / 100,
              lastOrderAt: DateTime.formatIso(expected.day === null ? DateTime.makeUnsafe(0) : day(expected.day))
            }
          )
          assert.closeTo(Number(aov), expected.cents / 100 / count, 1e-8)
        }
      }),
    { arbitrary: { runs: 60 } }
  )

  it.effect("round the average half to even in the eighth digit", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<Record<string, string>>`
        SELECT average_order_value(0.00000001, 2)::text AS down, average_order_value(0.00000003, 2)::text AS up,
          average_order_value(100, 3)::text AS third, average_order_value(5, 0)::text AS none,
          average_order_value(999999999999, 0.5)::text AS most`
      assert.deepStrictEqual(Object.values(row!).map(Number), [0, 0.00000002, 33.33333333, 0, 1e12])
    })
  )

  it.effect("of one batch are recorded all or none, and every problem is told", () =>
    Effect.gen(function* () {
      const { actor, ids } = yield* founded
      const orders = yield* Orders
      const order = { orderedAt: day(1), total: "5" }
      const refused = yield* Effect.flip(
        orders.batch(actor, {
          orders: [
            { ...order, orderId: "a", email: "nobody@example.com" },
            { ...order, orderId: "b", email: emailOf("ada") },
            { ...order, orderId: "c", externalId: "unknown" }
          ]
        })
      )
      assert.deepStrictEqual(
        refused.issues.map(({ message, path }) => [path.map(({ key }) => key).join("."), message]),
        [
          ["orders.0.email", "Consumer not found"],
          ["orders.2.externalId", "Consumer not found"]
        ]
      )
      const shape = yield* Effect.flip(
        orders.batch(actor, {
          orders: [
            { ...order, orderId: "a" },
            { ...order, orderId: "b", email: emailOf("ada"), consumerId: ids[0]! },
            { ...order, orderId: "b", email: emailOf("ada") }
          ]
        })
      )
      assert.deepStrictEqual(
        shape.issues.map(({ path }) => path.map(({ key }) => key).join(".")),
        ["orders.0", "orders.1.email", "orders.2.orderId"]
      )
      const large = yield* Effect.flip(
        orders.batch(actor, {
          orders: ["x", "y"].map((orderId) => ({
            orderId,
            email: emailOf("ada"),
            orderedAt: day(1),
            total: "999999999999"
          }))
        })
      )
      assert.strictEqual(large.issues.length, 2)
      assert.strictEqual((yield* totalsOf(actor, ids[0]!)).totalOrders, 0)
    })
  )

  it.effect("say what became of each, and change nothing when nothing changed", () =>
    Effect.gen(function* () {
      const { actor, ids } = yield* founded
      const orders = yield* Orders
      const sql = yield* SqlClient.SqlClient
      const batch = { orders: [{ orderId: "a", email: "ADA@example.com", orderedAt: day(3), total: "10.50" }] }
      const [created] = (yield* orders.batch(actor, batch)).orders
      assert.deepStrictEqual([created!.result, created!.total, created!.consumerId], ["created", "10.5", ids[0]])
      const feed = sql<{ n: number }>`
        SELECT count(*)::int AS n FROM changes WHERE organization_id = ${actor.organizationId}::uuid`
      const [before] = yield* feed
      assert.strictEqual((yield* orders.batch(actor, batch)).orders[0]!.result, "unchanged")
      assert.deepStrictEqual((yield* feed)[0], before)
    })
  )

  it.effect("of two batches at once are never lost", () =>
    Effect.gen(function* () {
      const { actor, ids } = yield* founded
      const orders = yield* Orders
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, i) => i),
        (i) =>
          orders.batch(actor, {
            orders: ids.map((consumerId, who) => ({
              orderId: `${i} ${who}`,
              consumerId,
              orderedAt: day(i),
              total: "1.25"
            }))
          }),
        { concurrency: 8 }
      )
      for (const id of ids) {
        assert.deepStrictEqual(yield* totalsOf(actor, id), {
          totalOrders: 20,
          ltv: "25",
          aov: "1.25",
          lastOrderAt: DateTime.formatIso(day(19))
        })
      }
    })
  )
})
