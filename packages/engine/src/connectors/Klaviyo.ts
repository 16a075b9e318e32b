import { Effect, Option, Redacted, Schema, Stream } from "effect"
import { HttpClientRequest } from "effect/http"
import {
  type Connector,
  type Credentials,
  CursorExpired,
  ListNotFound,
  VendorAnswerUnexpected,
  type VendorList,
  type VendorProfile
} from "./Connector.ts"
import { cursorPages } from "./CursorPages.ts"
import { listPath } from "./ListPath.ts"
import type { VendorAnswer } from "./VendorAttempt.ts"
import { makeVendorHttp } from "./VendorHttp.ts"

/**
 * Klaviyo, API revision 2026-07-15: JSON:API, cursor pages, limits per account in windows of a second and of a minute.
 * https://developers.klaviyo.com/en/reference/get_lists, …/get_list, …/get_profiles_for_list and the same of segments;
 * https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling
 */
const revision = "2026-07-15"
const origin = "https://a.klaviyo.com"

/** What follows the colon of a `syncSource`, and how the API calls it. */
const resources = { list: "lists", segment: "segments" } as const
const kinds = ["list", "segment"] as const
type Kind = (typeof kinds)[number]
const isKind = (kind: string): kind is Kind => kind in resources

const maybeText = Schema.optionalKey(Schema.NullOr(Schema.String))
const Links = Schema.optionalKey(Schema.Struct({ next: maybeText }))

const ListAttributes = Schema.Struct({
  name: maybeText,
  profile_count: Schema.optionalKey(Schema.NullOr(Schema.Finite))
})
const ListResource = Schema.Struct({ id: Schema.String, attributes: ListAttributes })
const ListPage = Schema.Struct({ data: Schema.Array(ListResource), links: Links })
const OneList = Schema.Struct({ data: ListResource })

const ProfileResource = Schema.Struct({
  id: Schema.String,
  attributes: Schema.Struct({
    email: maybeText,
    phone_number: maybeText,
    first_name: maybeText,
    last_name: maybeText,
    properties: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)))
  })
})
const ProfilePage = Schema.Struct({ data: Schema.Array(ProfileResource), links: Links })
const profileFields = "email,phone_number,first_name,last_name,properties"

/** The most that the API gives at once: https://developers.klaviyo.com/en/reference/get_profiles_for_list */
const profilesPerPage = 100

const Problems = Schema.fromJsonString(
  Schema.Struct({
    errors: Schema.Array(
      Schema.Struct({
        detail: Schema.optionalKey(Schema.String),
        source: Schema.optionalKey(Schema.NullOr(Schema.Struct({ parameter: maybeText })))
      })
    )
  })
)

/** A refusal that is about the cursor. The API's word for the parameter differs between its parts. */
const refusesCursor = ({ body, status }: VendorAnswer): boolean =>
  status === 400 &&
  Option.match(Schema.decodeUnknownOption(Problems)(new TextDecoder().decode(body)), {
    onNone: () => false,
    onSome: ({ errors }) =>
      errors.some(({ detail, source }) => /page[[_]?cursor|cursor/i.test(`${source?.parameter ?? ""} ${detail ?? ""}`))
  })

/**
 * Only the cursor is taken from a link: an address that a vendor sends is not followed. A link without one is not taken for the end, at
 * which everybody who has not come yet would leave.
 */
const cursorOf = (links: typeof Links.Type | undefined): Effect.Effect<string | null, VendorAnswerUnexpected> => {
  if (links?.next == null) return Effect.succeed(null)
  const cursor = URL.parse(links.next)?.searchParams.get("page[cursor]")
  return cursor
    ? Effect.succeed(cursor)
    : Effect.fail(new VendorAnswerUnexpected({ message: "Klaviyo names a next page without a cursor" }))
}

const listOf = (kind: Kind, { attributes, id }: typeof ListResource.Type): VendorList => ({
  kind,
  id,
  name: attributes.name ?? id,
  memberCount: attributes.profile_count ?? null
})

const profileOf = ({ attributes, id }: typeof ProfileResource.Type): VendorProfile => ({
  id,
  email: attributes.email ?? null,
  phone: attributes.phone_number ?? null,
  firstName: attributes.first_name ?? null,
  lastName: attributes.last_name ?? null,
  properties: attributes.properties ?? {}
})

const cursorExpired = new CursorExpired({ message: "Klaviyo no longer knows the cursor" })
const unknownKind = (kind: string) => new ListNotFound({ message: `Klaviyo has lists and segments, and no ${kind}` })

export const makeKlaviyo = Effect.gen(function* () {
  const http = yield* makeVendorHttp({
    vendor: "klaviyo",
    name: "Klaviyo",
    allowed: /a\.klaviyo\.com/,
    // The burst limit is 75 requests a second and account.
    concurrency: 8
  })

  const get = (credentials: Credentials, path: string, query: Readonly<Record<string, string | undefined>>) =>
    HttpClientRequest.get(`${http.at(origin)}/api/${path}`, {
      urlParams: query,
      headers: {
        authorization: `Klaviyo-API-Key ${credentials.apiKey === undefined ? "" : Redacted.value(credentials.apiKey)}`,
        accept: "application/vnd.api+json",
        revision
      }
    })

  const listsOf = (credentials: Credentials, kind: Kind) =>
    Stream.paginate(
      undefined as string | undefined,
      Effect.fnUntraced(function* (cursor) {
        const request = get(credentials, resources[kind], { [`fields[${kind}]`]: "name", "page[cursor]": cursor })
        const { data, links } = yield* http.json(ListPage, request)
        return [data.map((each) => listOf(kind, each)), Option.fromNullishOr(yield* cursorOf(links))] as const
      })
    )

  const connector: Connector = {
    vendor: "klaviyo",
    kinds,
    lists: (credentials) => Stream.concat(listsOf(credentials, "list"), listsOf(credentials, "segment")),
    list: Effect.fn("Klaviyo.list")(function* (credentials, kind, listId) {
      if (!isKind(kind)) return yield* unknownKind(kind)
      // The count has a limit of its own, of 15 a minute: it is asked for one list at a time only.
      const query = { [`additional-fields[${kind}]`]: "profile_count" }
      const path = `${resources[kind]}/${yield* listPath("Klaviyo", listId)}`
      const { data } = yield* http.json(OneList, get(credentials, path, query))
      return listOf(kind, data)
    }),
    members: (credentials, kind, listId, since) =>
      cursorPages(
        "Klaviyo",
        since,
        Effect.fnUntraced(function* (cursor) {
          if (!isKind(kind)) return yield* unknownKind(kind)
          const path = `${resources[kind]}/${yield* listPath("Klaviyo", listId)}/profiles`
          const request = get(credentials, path, {
            "fields[profile]": profileFields,
            "page[size]": String(profilesPerPage),
            "page[cursor]": cursor ?? undefined
          })
          const { data, links } = yield* http.json(ProfilePage, request, {
            refusal: (answer) => (cursor !== null && refusesCursor(answer) ? cursorExpired : undefined)
          })
          return { profiles: data.map(profileOf), cursor: yield* cursorOf(links) }
        })
      )
  }
  return connector
})
