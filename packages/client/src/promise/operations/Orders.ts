import type { OrderInput, OrdersWritten } from "@audiences/domain/Order"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const ordersOf = (calls: Calls) => ({
  /** At most 500, all or none; the same `orderId` again replaces an order. */
  batch: (orders: ReadonlyArray<Resource<typeof OrderInput>>) =>
    calls.call<Resource<typeof OrdersWritten>>("POST", "/orders/batch", { body: { orders } })
})
