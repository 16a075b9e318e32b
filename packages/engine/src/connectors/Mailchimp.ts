import { Effect, Option, Redacted, Result, Schema, Stream } from "effect"
import { HttpClientRequest } from "effect/http"
import {
  type Connector,
  type Credentials,
  CredentialsRefused,
  CursorExpired,
  ListNotFound,
  type MemberPage,
  VendorAnswerUnexpected,
  type VendorList,
  type VendorProfile
} from "./Connector.ts"
import { cursorPages } from "./CursorPages.ts"
import { listPath } from "./ListPath.ts"
import { makeVendorHttp } from "./VendorHttp.ts"

/**
 * Mailchimp, Marketing API 3.0: offset pages, HTTP Basic, a host per data centre, ten connections at once per account.
 * https://mailchimp.com/developer/marketing/api/lists/get-lists-info, …/api/lists/get-list-info,
 * …/api/list-members/list-members-info, …/docs/fundamentals
 */
const maybeText = Schema.optionalKey(Schema.NullOr(Schema.String))

const ListInfo = Schema.Struct({
  id: Schema.String,
  name: maybeText,
  stats: Schema.optionalKey(Schema.Struct({ member_count: Schema.optionalKey(Schema.Finite) }))
})
const ListPage = Schema.Struct({ lists: Schema.Array(ListInfo), total_items: Schema.Finite })
const listFields = ["id", "name", "stats.member_count"]

const Member = Schema.Struct({
  /** The MD5 of the address, so that it changes with it. */
  id: Schema.String,
  /** Stays, whatever changes. */
  contact_id: maybeText,
  email_address: maybeText,
  merge_fields: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})
const MembersPage = Schema.Struct({ members: Schema.Array(Member), total_items: Schema.Finite })
const memberFields = ["id", "contact_id", "email_address", "merge_fields"].map((field) => `members.${field}`)

/** The most that the API gives at once. */
const largestPage = 1000

/**
 * Where a page ended: how many members came before, and the last of them. Pages are counted from the start of the list, so when
 * somebody leaves it everybody after moves up: each page begins a little before the last one's end, and has to show whom that ended with.
 */
const Place = Schema.fromJsonString(Schema.Struct({ offset: Schema.Finite, last: Schema.Array(Schema.String) }))
const overlap = 50
const namedLast = 5

const contentOf = (field: unknown): string | null => (typeof field === "string" && field.trim() !== "" ? field : null)

const profileOf = ({ contact_id, email_address, id, merge_fields = {} }: typeof Member.Type): VendorProfile => ({
  id: contact_id ?? id,
  email: contentOf(email_address),
  phone: contentOf(merge_fields.PHONE) ?? contentOf(merge_fields.SMSPHONE),
  firstName: contentOf(merge_fields.FNAME),
  lastName: contentOf(merge_fields.LNAME),
  properties: merge_fields
})

const listOf = ({ id, name, stats }: typeof ListInfo.Type): VendorList => ({
  kind: "list",
  id,
  name: name ?? id,
  memberCount: stats?.member_count ?? null
})

const unknownKind = (kind: string) => new ListNotFound({ message: `Mailchimp has lists, and no ${kind}` })
const placeLost = new CursorExpired({ message: "Mailchimp's list changed too much since its last page was read" })

const emptyPage = new VendorAnswerUnexpected({ message: "Mailchimp gives an empty page before the end of its list" })

/** What of a page was not on the pages before. */
const unread = ({ last }: typeof Place.Type, members: ReadonlyArray<typeof Member.Type>) => {
  if (last.length === 0) return members
  const known = members.findLastIndex(({ id }) => last.includes(id))
  return known < 0 ? undefined : members.slice(known + 1)
}

export const makeMailchimp = Effect.gen(function* () {
  const http = yield* makeVendorHttp({
    vendor: "mailchimp",
    name: "Mailchimp",
    allowed: /[a-z]{2,4}\d{1,3}\.api\.mailchimp\.com/,
    concurrency: 5
  })

  const json = Effect.fnUntraced(function* <S extends Schema.Top & { readonly DecodingServices: never }>(
    schema: S,
    { apiKey }: Credentials,
    path: string,
    query: Readonly<Record<string, string>>
  ) {
    const key = apiKey === undefined ? "" : Redacted.value(apiKey)
    const [, dataCentre] = /-([a-z]{2,4}\d{1,3})$/.exec(key) ?? []
    if (dataCentre === undefined) {
      return yield* new CredentialsRefused({ message: "The API key does not end in Mailchimp's data centre" })
    }
    const request = HttpClientRequest.get(`${http.at(`https://${dataCentre}.api.mailchimp.com`)}/3.0/${path}`, {
      urlParams: query,
      headers: {
        authorization: `Basic ${Buffer.from(`audiences:${key}`).toString("base64")}`,
        accept: "application/json"
      }
    })
    return yield* http.json(schema, request)
  })

  const membersFrom = Effect.fnUntraced(function* (credentials: Credentials, path: string, cursor: string | null) {
    const decoded = Schema.decodeUnknownResult(Place)(cursor ?? '{"offset":0,"last":[]}')
    if (Result.isFailure(decoded)) return yield* placeLost
    const place = decoded.success
    const offset = Math.max(0, place.offset - overlap)
    const { members, total_items } = yield* json(MembersPage, credentials, `lists/${path}/members`, {
      // The others are remembered as having left.
      status: "subscribed",
      // Who comes while the list is read comes last.
      sort_field: "timestamp_opt",
      sort_dir: "ASC",
      count: String(largestPage),
      offset: String(offset),
      fields: [...memberFields, "total_items"].join()
    })
    const added = unread(place, members)
    if (added === undefined) return yield* placeLost
    const end = offset + members.length
    // Not the end, at which everybody who has not come yet would leave.
    if (members.length === 0 && end < total_items) return yield* emptyPage
    const next = { offset: end, last: members.slice(-namedLast).map(({ id }) => id) }
    const page: MemberPage = {
      profiles: added.map(profileOf),
      cursor: end >= total_items ? null : JSON.stringify(next)
    }
    return page
  })

  const connector: Connector = {
    vendor: "mailchimp",
    kinds: ["list"],
    lists: (credentials) =>
      Stream.paginate(
        0,
        Effect.fnUntraced(function* (offset) {
          const { lists, total_items } = yield* json(ListPage, credentials, "lists", {
            count: String(largestPage),
            offset: String(offset),
            fields: [...listFields.map((field) => `lists.${field}`), "total_items"].join()
          })
          const end = offset + lists.length
          const more = lists.length > 0 && end < total_items
          return [lists.map(listOf), more ? Option.some(end) : Option.none()] as const
        })
      ),
    list: Effect.fn("Mailchimp.list")(function* (credentials, kind, listId) {
      if (kind !== "list") return yield* unknownKind(kind)
      const path = `lists/${yield* listPath("Mailchimp", listId)}`
      return listOf(yield* json(ListInfo, credentials, path, { fields: listFields.join() }))
    }),
    members: (credentials, kind, listId, since) =>
      cursorPages(
        "Mailchimp",
        since,
        Effect.fnUntraced(function* (cursor) {
          if (kind !== "list") return yield* unknownKind(kind)
          return yield* membersFrom(credentials, yield* listPath("Mailchimp", listId), cursor)
        })
      )
  }
  return connector
})
