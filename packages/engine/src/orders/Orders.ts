import type { Actor } from "@audiences/domain/Actor"
import type { OrderInput, OrdersBatch, OrdersWritten } from "@audiences/domain/Order"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { type OrderProblem, OrderRepo } from "./OrderRepo.ts"

/** What consumers bought. */
export class Orders extends Context.Service<
  Orders,
  {
    /** Records each by its id, all or none. In the order given. */
    readonly batch: (actor: Actor, input: OrdersBatch) => Effect.Effect<OrdersWritten, ValidationError>
  }
>()("@audiences/engine/Orders") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* OrderRepo
      const clock = yield* DatabaseClock

      const batch = Effect.fn("Orders.batch")(function* (actor: Actor, input: OrdersBatch) {
        const problems = [...input.orders.flatMap(ownerProblems), ...repetitions(input.orders)]
        if (problems.length > 0) return yield* refuse(input, problems)
        if (input.orders.length === 0) return { orders: [] }
        const orders = yield* repo.write(actor, yield* clock.now, input.orders).pipe(
          Effect.catchTag("OrdersRefused", (refused) =>
            refuse(
              input,
              refused.problems.map((problem) => repoProblem(input.orders, problem))
            )
          )
        )
        return { orders }
      })

      return Orders.of({ batch })
    })
  )
}

const owners = ["consumerId", "externalId", "email", "phone"] as const

const ownerProblems = (order: OrderInput, index: number): ReadonlyArray<Problem> => {
  const given = owners.filter((name) => order[name] !== undefined)
  if (given.length === 1) return []
  const expected = `one of ${owners.join(", ")}`
  return given.length === 0
    ? [{ path: ["orders", index], type: "order_owner", expected, message: `Order names no consumer: give ${expected}` }]
    : given.slice(1).map((name) => ({
        path: ["orders", index, name],
        type: "order_owner",
        expected,
        message: `Order names its consumer by ${given[0]} and by ${name}: give ${expected}`
      }))
}

const repetitions = (orders: ReadonlyArray<OrderInput>): ReadonlyArray<Problem> => {
  const first = new Map<string, number>()
  return orders.flatMap(({ orderId }, index) => {
    const other = first.get(orderId)
    if (other === undefined) {
      first.set(orderId, index)
      return []
    }
    return [
      {
        path: ["orders", index, "orderId"],
        type: "unique",
        expected: "each order once",
        message: `Order is repeated: entries ${other} and ${index} are the same order`
      }
    ]
  })
}

const repoProblem = (orders: ReadonlyArray<OrderInput>, { _tag, index }: OrderProblem): Problem => {
  const owner = owners.find((name) => orders[index]![name] !== undefined)!
  return _tag === "ConsumerUnknown"
    ? {
        path: ["orders", index, owner],
        type: "consumer",
        expected: "a live consumer",
        message: "Consumer not found"
      }
    : {
        path: ["orders", index, "total"],
        type: "money",
        expected: "a lifetime value of at most 12 digits before the point",
        message: "The consumer's lifetime value would have more than 12 digits before the point"
      }
}
