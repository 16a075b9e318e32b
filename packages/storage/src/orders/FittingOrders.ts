import type { Actor } from "@audiences/domain/Actor"
import { Data, DateTime, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { type OrderResult, writeOrders } from "./OrderTotals.ts"

/** An order as it is about to be. */
export interface OrderWrite {
  readonly orderId: string
  readonly ordinal: number
  readonly total: string
  readonly orderedAt: DateTime.Utc
}

export interface FittingOrders<Order extends OrderWrite> {
  readonly orders: ReadonlyArray<Order>
  /** Of others, which disappear. */
  readonly removedIds: ReadonlyArray<string>
  /** What would become of the orders is told, and nothing is written. */
  readonly dryRun: boolean
  /** Ends each attempt that wrote anything, before the change feed; may read the table `order_writes`. */
  readonly told: Effect.Effect<void, SqlError.SqlError>
}

interface Written<Order extends OrderWrite> {
  readonly results: ReadonlyMap<string, OrderResult["result"]>
  readonly tooMuch: ReadonlyArray<Order>
}

/** What was written is to be taken back: of the consumers with these ordinals, more was bought than can be kept. */
class TooMuch extends Data.TaggedError("TooMuch")<{ readonly ordinals: ReadonlySet<number> }> {}

/** What was written is to be taken back: it was only tried. */
class Tried extends Data.TaggedError("Tried")<{ readonly results: ReadonlyMap<string, OrderResult["result"]> }> {}

/** Writes orders as `writeOrders`, but those of consumers who would have bought more than can be kept. To be run in a transaction. */
export const writeFittingOrders = <Order extends OrderWrite>(
  sql: SqlClient.SqlClient,
  actor: Actor,
  now: DateTime.Utc,
  fitting: FittingOrders<Order>
): Effect.Effect<Written<Order>, SqlError.SqlError> => {
  const { dryRun, orders, removedIds, told } = fitting
  if (orders.length + removedIds.length === 0) return Effect.succeed({ results: new Map(), tooMuch: [] })
  const attempt = Effect.gen(function* () {
    const columns = {
      orderIds: orders.map(({ orderId }) => orderId),
      ordinals: orders.map(({ ordinal }) => ordinal),
      totals: orders.map(({ total }) => total),
      orderedAts: orders.map(({ orderedAt }) => DateTime.formatIso(orderedAt)),
      removedIds
    }
    const { results, tooLarge } = yield* writeOrders(sql, actor, now, columns, () => told)
    if (tooLarge.size > 0) return yield* new TooMuch({ ordinals: tooLarge })
    if (dryRun) return yield* new Tried({ results })
    const written: Written<Order> = { results, tooMuch: [] }
    return written
  })
  return sql.withTransaction(attempt).pipe(
    Effect.catchTags({
      SchemaError: Effect.die,
      Tried: ({ results }) => Effect.succeed<Written<Order>>({ results, tooMuch: [] }),
      TooMuch: ({ ordinals }) =>
        Effect.map(
          writeFittingOrders(sql, actor, now, {
            ...fitting,
            orders: orders.filter((order) => !ordinals.has(order.ordinal))
          }),
          ({ results, tooMuch }) => ({
            results,
            tooMuch: [...tooMuch, ...orders.filter((order) => ordinals.has(order.ordinal))]
          })
        )
    })
  )
}
