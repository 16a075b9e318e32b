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

interface ModelOrder {
  readonly person: number
  readonly day: number
  readonly cents: number
}

const latest = (days: ReadonlyArray<number | null>) =>
  days.reduce((last, each) => (last === null || (each !== null && each > last) ? each : last), null)

/** What the contract says of order totals: a baseline, and the orders recorded. */
class Model {
  readonly orders = new Map<number, ModelOrder>()
  readonly baselines = names.map(() => ({ count: 0, cents: 0, day: null as number | null }))
  /** The latest order as the consumer has it: written directly, it stands until an order of theirs is written. */
  readonly lastDay = names.map((): number | null => null)

  #own(who: number) {
    return [...this.orders.values()].filter(({ person }) => person === who)
  }

  of(who: number) {
    const own = this.#own(who)
    const { cents, count } = this.baselines[who]!
    return { count: count + own.length, cents: cents + own.reduce((sum, each) => sum + each.cents, 0) }
  }

  explainedDay(who: number) {
    return latest([...this.#own(who).map(({ day }) => day), this.baselines[who]!.day])
  }

  record(orders: ReadonlyArray<ModelOrder & { readonly order: number }>) {
    const known = orders.map(({ order }) => this.orders.get(order))
    for (const who of new Set([...orders, ...known].flatMap((each) => each?.person ?? []))) {
      if (this.lastDay[who] !== this.explainedDay(who)) this.baselines[who]!.day = this.lastDay[who]!
    }
    for (const { order, ...rest } of orders) this.orders.set(order, rest)
    const isNews = ({ cents, day, person }: ModelOrder, before: ModelOrder | undefined) =>
      before === undefined || before.cents !== cents || before.day !== day || before.person !== person
    for (const [i, order] of orders.entries()) {
      if (!isNews(order, known[i])) continue
      for (const who of [order.person, known[i]?.person ?? order.person]) this.lastDay[who] = this.explainedDay(who)
    }
    names.forEach((_, who) => this.#settle(who))
  }

  /** Totals never fall below zero: the baseline gives way. */
  #settle(who: number) {
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
        const recorded = Effect.fnUntraced(function* (written: ReadonlyArray<ModelOrder & { readonly order: number }>) {
          yield* orders.batch(actor, {
            orders: written.map((each) => ({
              orderId: `order ${each.order}`,
              consumerId: ids[each.person]!,
              orderedAt: day(each.day),
              total: money(each.cents)
            }))
          })
          model.record(written)
        })
        for (const step of steps) {
          if ("orders" in step) {
            yield* recorded([...new Map(step.orders.map((each) => [each.order, each])).values()])
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
            if (step.day !== null) model.lastDay[step.written] = step.day
          }
        }
        // Brings what everybody has up to date: a direct write stands until then.
        yield* recorded(ids.map((_, person) => ({ order: 100 + person, person, day: -365, cents: 0 })))
        for (const [who, id] of ids.entries()) {
          const { aov, lastOrderAt, ltv, totalOrders } = yield* totalsOf(actor, id)
          const expected = model.of(who)
          const lastDay = model.lastDay[who]!
          assert.deepStrictEqual(
            { totalOrders, ltv: Number(ltv), lastOrderAt },
            {
              totalOrders: expected.count,
              ltv: expected.cents / 100,
              lastOrderAt: lastDay === null ? null : DateTime.formatIso(day(lastDay))
            }
          )
          assert.closeTo(Number(aov), expected.cents / 100 / expected.count, 1e-8)
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
