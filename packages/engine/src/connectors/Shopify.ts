import { Clock, Duration, Effect, Option, Redacted, Schema, Stream } from "effect"
import { HttpClientRequest } from "effect/http"
import {
  type Connector,
  type ConnectorError,
  type Credentials,
  CredentialsRefused,
  CursorExpired,
  ListNotFound,
  VendorAnswerUnexpected,
  type VendorProfile,
  VendorUnavailable
} from "./Connector.ts"
import { cursorPages } from "./CursorPages.ts"
import {
  Envelope,
  type GraphQLError,
  type Member,
  Members,
  OneSegment,
  restoring,
  Segments,
  throttle
} from "./ShopifyAnswers.ts"
import { makeVendorHttp } from "./VendorHttp.ts"

/**
 * Shopify, GraphQL Admin API 2026-10: customer segments, cursor pages, a bucket of query cost per shop.
 * https://shopify.dev/docs/api/admin-graphql/2026-10/queries/segments, …/queries/customerSegmentMembers,
 * …/objects/CustomerSegmentMember; https://shopify.dev/docs/api/usage/limits
 */
const apiVersion = "2026-10"

const segmentsQuery = `query Segments($after: String) {
  segments(first: 250, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } }
}`
const segmentQuery = `query Segment($id: ID!) {
  segment(id: $id) { id name }
  customerSegmentMembers(segmentId: $id, first: 1) { totalCount }
}`
const membersQuery = `query Members($id: ID!, $after: String) {
  segment(id: $id) { id }
  customerSegmentMembers(segmentId: $id, first: 250, after: $after) {
    edges {
      node {
        id firstName lastName note numberOfOrders lastOrderId
        amountSpent { amount currencyCode }
        defaultEmailAddress { emailAddress }
        defaultPhoneNumber { phoneNumber }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

const noCursor = new VendorAnswerUnexpected({ message: "Shopify names a next page without a cursor" })
const noSegment = new ListNotFound({ message: "Shopify has no such segment" })

/** The number at the end of an id such as `gid://shopify/Segment/123`, which may be given alone. */
const numberOf = (id: string): string | undefined => /^(?:gid:\/\/shopify\/\w+\/)?(\d+)$/.exec(id)?.[1]

const segmentId = (kind: string, listId: string) => {
  const number = numberOf(listId)
  return kind !== "segment" || number === undefined
    ? Effect.fail(noSegment)
    : Effect.succeed(`gid://shopify/Segment/${number}`)
}

/** What the errors of an answer say; their messages are the vendor's own words about the query, not about people. */
const refusalOf = (errors: ReadonlyArray<typeof GraphQLError.Type>, after: string | null): ConnectorError => {
  const message = errors[0]?.message.slice(0, 200) ?? ""
  if (errors.some(({ extensions }) => extensions?.code === "ACCESS_DENIED")) {
    return new CredentialsRefused({ message: `Shopify refuses the access token: ${message}` })
  }
  if (errors.some(({ extensions }) => extensions?.code === "INTERNAL_SERVER_ERROR")) {
    return new VendorUnavailable({ message: "Shopify fails at the query", retryAfter: null })
  }
  return after !== null && /cursor/i.test(message)
    ? new CursorExpired({ message: "Shopify no longer knows the cursor" })
    : new VendorAnswerUnexpected({ message: `Shopify refuses the query: ${message}` })
}

const profileOf = (member: typeof Member.Type): VendorProfile => ({
  id: numberOf(member.id) ?? member.id,
  email: member.defaultEmailAddress?.emailAddress ?? null,
  phone: member.defaultPhoneNumber?.phoneNumber ?? null,
  firstName: member.firstName ?? null,
  lastName: member.lastName ?? null,
  properties: {
    note: member.note ?? null,
    numberOfOrders: member.numberOfOrders == null ? null : Number(member.numberOfOrders),
    lastOrderId: member.lastOrderId == null ? null : (numberOf(member.lastOrderId) ?? member.lastOrderId),
    amountSpent: member.amountSpent?.amount ?? null,
    currency: member.amountSpent?.currencyCode ?? null
  }
})

export const makeShopify = Effect.gen(function* () {
  const http = yield* makeVendorHttp({
    vendor: "shopify",
    name: "Shopify",
    allowed: /[a-z0-9][a-z0-9-]*\.myshopify\.com/,
    concurrency: 2
  })
  /** By shop, when its bucket holds enough again, in milliseconds since 1970. */
  const rested = new Map<string, number>()

  const ask = Effect.fnUntraced(function* <S extends Schema.Top & { readonly DecodingServices: never }>(
    schema: S,
    credentials: Credentials,
    query: string,
    variables: { readonly id?: string; readonly after: string | null }
  ) {
    const shop = credentials.shop === undefined ? "" : Redacted.value(credentials.shop)
    const token = credentials.accessToken === undefined ? "" : Redacted.value(credentials.accessToken)
    const request = HttpClientRequest.post(`${http.at(`https://${shop}`)}/admin/api/${apiVersion}/graphql.json`, {
      headers: { "x-shopify-access-token": token, accept: "application/json" }
    }).pipe(HttpClientRequest.bodyJsonUnsafe({ query, variables }))
    const wait = (rested.get(shop) ?? 0) - (yield* Clock.currentTimeMillis)
    if (wait > 0) yield* Effect.sleep(Duration.millis(wait))
    const { data, errors, extensions } = yield* http.json(Envelope, request, {
      throttle,
      refusal: ({ status }) =>
        status === 404 ? new CredentialsRefused({ message: `Shopify has no shop ${shop}` }) : undefined
    })
    const restoration = Duration.toMillis(restoring(extensions))
    if (restoration > 0) rested.set(shop, (yield* Clock.currentTimeMillis) + restoration)
    else rested.delete(shop)
    if (errors != null && errors.length > 0) return yield* Effect.fail(refusalOf(errors, variables.after))
    return yield* Effect.mapError(
      Schema.decodeUnknownEffect(schema)(data),
      () => new VendorAnswerUnexpected({ message: "Shopify answers otherwise than documented" })
    )
  })

  const connector: Connector = {
    vendor: "shopify",
    kinds: ["segment"],
    lists: (credentials) =>
      Stream.paginate(
        null as string | null,
        Effect.fnUntraced(function* (after) {
          const { segments } = yield* ask(Segments, credentials, segmentsQuery, { after })
          const { endCursor, hasNextPage } = segments.pageInfo
          const lists = segments.nodes.map(({ id, name }) => ({
            kind: "segment",
            id: numberOf(id) ?? id,
            name: name ?? id,
            memberCount: null
          }))
          return [lists, hasNextPage ? Option.fromNullishOr(endCursor) : Option.none()] as const
        })
      ),
    list: Effect.fn("Shopify.list")(function* (credentials, kind, listId) {
      const id = yield* segmentId(kind, listId)
      const { customerSegmentMembers, segment } = yield* ask(OneSegment, credentials, segmentQuery, { id, after: null })
      if (segment == null) return yield* noSegment
      return {
        kind: "segment",
        id: numberOf(segment.id) ?? segment.id,
        name: segment.name ?? segment.id,
        memberCount: customerSegmentMembers?.totalCount ?? null
      }
    }),
    members: (credentials, kind, listId, since) =>
      cursorPages(
        "Shopify",
        since,
        Effect.fnUntraced(function* (after) {
          const id = yield* segmentId(kind, listId)
          const { customerSegmentMembers: members, segment } = yield* ask(Members, credentials, membersQuery, {
            id,
            after
          })
          if (segment == null || members == null) return yield* noSegment
          const { endCursor, hasNextPage } = members.pageInfo
          // Not the end, at which everybody who has not come yet would leave.
          if (hasNextPage && endCursor == null) return yield* noCursor
          return {
            profiles: members.edges.map(({ node }) => profileOf(node)),
            cursor: hasNextPage ? (endCursor ?? null) : null
          }
        })
      )
  }
  return connector
})
