import { Duration, Result, Schema } from "effect"
import type { VendorAnswer } from "./VendorAttempt.ts"

/** What Shopify's GraphQL Admin API answers to the queries of `Shopify.ts`. */

const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
const maybeText = maybe(Schema.String)

const PageInfo = Schema.Struct({ hasNextPage: Schema.Boolean, endCursor: maybeText })
const Segment = Schema.Struct({ id: Schema.String, name: maybeText })
export const Segments = Schema.Struct({ segments: Schema.Struct({ nodes: Schema.Array(Segment), pageInfo: PageInfo }) })
export const OneSegment = Schema.Struct({
  segment: maybe(Segment),
  customerSegmentMembers: maybe(Schema.Struct({ totalCount: Schema.Finite }))
})
export const Member = Schema.Struct({
  id: Schema.String,
  firstName: maybeText,
  lastName: maybeText,
  note: maybeText,
  /** A 64-bit number, as text. */
  numberOfOrders: maybe(Schema.Union([Schema.String, Schema.Finite])),
  lastOrderId: maybeText,
  amountSpent: maybe(Schema.Struct({ amount: Schema.String, currencyCode: Schema.String })),
  defaultEmailAddress: maybe(Schema.Struct({ emailAddress: maybeText })),
  defaultPhoneNumber: maybe(Schema.Struct({ phoneNumber: maybeText }))
})
export const Members = Schema.Struct({
  segment: maybe(Schema.Struct({ id: Schema.String })),
  customerSegmentMembers: maybe(
    Schema.Struct({ edges: Schema.Array(Schema.Struct({ node: Member })), pageInfo: PageInfo })
  )
})

export const GraphQLError = Schema.Struct({
  message: Schema.String,
  extensions: maybe(Schema.Struct({ code: maybeText }))
})
const Throttle = Schema.Struct({
  requestedQueryCost: Schema.Finite,
  throttleStatus: Schema.Struct({ currentlyAvailable: Schema.Finite, restoreRate: Schema.Finite })
})
const Extensions = maybe(Schema.Struct({ cost: maybe(Throttle) }))
export const Envelope = Schema.Struct({
  data: maybe(Schema.Unknown),
  errors: maybe(Schema.Array(GraphQLError)),
  extensions: Extensions
})
const EnvelopeJson = Schema.fromJsonString(Envelope)

/** Until the bucket holds what a query like the last one costs. */
export const restoring = (extensions: (typeof Envelope.Type)["extensions"]): Duration.Duration => {
  if (extensions?.cost == null) return Duration.zero
  const { requestedQueryCost, throttleStatus } = extensions.cost
  const missing = requestedQueryCost - throttleStatus.currentlyAvailable
  return missing <= 0 || throttleStatus.restoreRate <= 0
    ? Duration.zero
    : Duration.millis(Math.ceil((missing / throttleStatus.restoreRate) * 1000))
}

/** How long a throttled query has to wait: throttles may come as successes. */
export const throttle = ({ body }: VendorAnswer): Duration.Duration | undefined => {
  const envelope = Schema.decodeUnknownResult(EnvelopeJson)(new TextDecoder().decode(body))
  if (Result.isFailure(envelope)) return undefined
  const { errors, extensions } = envelope.success
  const throttled = errors?.some((error) => error.extensions?.code === "THROTTLED") === true
  return throttled ? Duration.max(restoring(extensions), Duration.millis(500)) : undefined
}
