import { Effect } from "effect"
import { type Asked, type VendorReply, vendorServer } from "./VendorServer.ts"

export interface ShopifyMember {
  readonly id: number
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly email?: string | null
  readonly phone?: string | null
  readonly note?: string | null
  readonly numberOfOrders?: number
}

export interface ShopifySegment {
  readonly id: number
  readonly name: string
  /** May be changed at any time. */
  members: ReadonlyArray<ShopifyMember>
}

export interface ShopifyOptions {
  readonly accessToken?: string
  readonly segments: Array<ShopifySegment>
  /** The bucket of a shop: what it holds, and what it regains in a second. */
  readonly bucket?: { readonly maximumAvailable: number; readonly restoreRate: number }
  readonly queryCost?: number
}

const ok = (data: unknown, extensions: object): VendorReply => ({ body: { data, extensions } })

const memberNode = ({ email, firstName, id, lastName, note, numberOfOrders = 0, phone }: ShopifyMember) => ({
  id: `gid://shopify/CustomerSegmentMember/${id}`,
  firstName: firstName ?? null,
  lastName: lastName ?? null,
  note: note ?? null,
  numberOfOrders: String(numberOfOrders),
  lastOrderId: numberOfOrders > 0 ? `gid://shopify/Order/${id}0` : null,
  amountSpent: { amount: `${numberOfOrders}.50`, currencyCode: "EUR" },
  defaultEmailAddress: email == null ? null : { emailAddress: email },
  defaultPhoneNumber: phone == null ? null : { phoneNumber: phone }
})

/**
 * A server that speaks Shopify's protocol of customer segments, as https://shopify.dev/docs/api/admin-graphql/2026-10 and
 * https://shopify.dev/docs/api/usage/limits describe it: GraphQL by POST, connections with `pageInfo`, errors inside of successes, and a bucket of
 * query cost that is told with every answer. It knows the three queries of the connector by their names and arguments.
 */
export const shopifyServer = Effect.fnUntraced(function* ({
  accessToken = "shpat_local",
  bucket = { maximumAvailable: 1e9, restoreRate: 1e9 },
  queryCost = 100,
  segments
}: ShopifyOptions) {
  const state = { available: bucket.maximumAvailable, at: performance.now(), generation: 0 }

  const restore = () => {
    const now = performance.now()
    state.available = Math.min(
      bucket.maximumAvailable,
      state.available + ((now - state.at) / 1000) * bucket.restoreRate
    )
    state.at = now
  }

  const failure = (message: string, code?: string, cost?: object): VendorReply => ({
    body: {
      errors: [
        {
          message,
          ...(code === undefined ? {} : { extensions: { code, documentation: "https://shopify.dev/api/usage" } })
        }
      ],
      ...(cost === undefined ? {} : { extensions: { cost } })
    }
  })

  const cursorAt = (offset: number) => Buffer.from(JSON.stringify([state.generation, offset])).toString("base64")
  const offsetOf = (cursor: string | null): number | undefined => {
    if (cursor === null) return 0
    try {
      const [generation, offset] = JSON.parse(Buffer.from(cursor, "base64").toString())
      return generation === state.generation ? offset : undefined
    } catch {
      return undefined
    }
  }

  const page = <A, B>(all: ReadonlyArray<A>, first: number, offset: number, node: (each: A) => B) => ({
    nodes: all.slice(offset, offset + first).map(node),
    pageInfo: {
      hasNextPage: offset + first < all.length,
      endCursor: all.length === 0 ? null : cursorAt(offset + first)
    }
  })

  const segmentNode = ({ id, name }: ShopifySegment) => ({ id: `gid://shopify/Segment/${id}`, name })

  const resolve = (query: string, { after, id }: { readonly after: string | null; readonly id?: string }) => {
    const offset = offsetOf(after)
    const first = Number(/first: (\d+)/.exec(query)?.[1])
    if (offset === undefined) return "Invalid cursor for current pagination sort."
    if (query.startsWith("query Segments")) return { segments: page(segments, first, offset, segmentNode) }
    const segment = segments.find((each) => segmentNode(each).id === id)
    if (segment === undefined) return { segment: null, customerSegmentMembers: null }
    const { nodes, pageInfo } = page(segment.members, first, offset, (member) => ({ node: memberNode(member) }))
    return {
      segment: segmentNode(segment),
      customerSegmentMembers: query.startsWith("query Segment(")
        ? { totalCount: segment.members.length }
        : { edges: nodes, pageInfo }
    }
  }

  const speak = ({ body, headers, method, url }: Asked): VendorReply => {
    if (headers["x-shopify-access-token"] !== accessToken) {
      return {
        status: 401,
        body: { errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" }
      }
    }
    if (method !== "POST" || !/^\/admin\/api\/\d{4}-\d{2}\/graphql\.json$/.test(url.pathname))
      return { status: 404, body: { errors: "Not Found" } }
    restore()
    const throttled = state.available < queryCost
    if (!throttled) state.available -= queryCost
    const throttleStatus = { ...bucket, currentlyAvailable: Math.floor(state.available) }
    const cost = { requestedQueryCost: queryCost, actualQueryCost: throttled ? null : queryCost, throttleStatus }
    if (throttled) return failure("Throttled", "THROTTLED", cost)
    const { query, variables } = JSON.parse(body)
    const data = resolve(query, variables)
    return typeof data === "string" ? failure(data) : ok(data, { cost })
  }

  const expireCursors = () => void state.generation++
  return { ...(yield* vendorServer(speak)), accessToken, expireCursors }
})
