import { Schema } from "effect"
import { ConsumerId, Email, Phone } from "./Consumer.ts"
import { ExternalId } from "./ExternalId.ts"
import { Instant, InstantInput } from "./Instant.ts"
import { Money } from "./Money.ts"
import { Text } from "./Scalar.ts"

export const maxOrderBatchSize = 500
const maxOrderIdLength = 255

/** Trimmed, as a cell of an imported file is. */
const OrderId = Schema.Trim.pipe(Schema.decodeTo(Text.check(Schema.isNonEmpty(), Schema.isMaxLength(maxOrderIdLength))))

/** An order by the seller's own id: the same id again replaces it. Whose it is, by exactly one of the four. */
export const OrderInput = Schema.Struct({
  orderId: OrderId,
  consumerId: Schema.optionalKey(ConsumerId),
  externalId: Schema.optionalKey(ExternalId),
  email: Schema.optionalKey(Email),
  phone: Schema.optionalKey(Phone),
  orderedAt: InstantInput,
  total: Money
}).annotate({ identifier: "OrderInput" })
export type OrderInput = typeof OrderInput.Type

export const OrdersBatch = Schema.Struct({
  orders: Schema.Array(OrderInput).check(
    Schema.isMaxLength(maxOrderBatchSize, { message: `Max batch size is ${maxOrderBatchSize}` })
  )
}).annotate({ identifier: "OrdersBatch" })
export type OrdersBatch = typeof OrdersBatch.Type

export const Order = Schema.Struct({
  orderId: Schema.String,
  consumerId: ConsumerId,
  orderedAt: Instant,
  total: Money,
  /** What writing it did. */
  result: Schema.Literals(["created", "updated", "unchanged"])
}).annotate({ identifier: "Order" })
export type Order = typeof Order.Type

/** In the order given. */
export const OrdersWritten = Schema.Struct({ orders: Schema.Array(Order) }).annotate({ identifier: "OrdersWritten" })
export type OrdersWritten = typeof OrdersWritten.Type
