import { Effect } from "effect"
import { type Asked, type VendorReply, vendorServer } from "./VendorServer.ts"

export interface KlaviyoProfile {
  readonly id: string
  readonly email?: string | null
  readonly phone_number?: string | null
  readonly first_name?: string | null
  readonly last_name?: string | null
  readonly properties?: Readonly<Record<string, unknown>>
}

export interface KlaviyoList {
  readonly kind: "list" | "segment"
  readonly id: string
  readonly name: string
  /** May be changed at any time. */
  profiles: ReadonlyArray<KlaviyoProfile>
}

export interface KlaviyoOptions {
  /** Of the only account. */
  readonly apiKey?: string
  readonly lists: Array<KlaviyoList>
  /** Requests in one window of a second; as many as come unless given. */
  readonly burst?: number
  readonly port?: number
}

const revision = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/

const problem = (status: number, code: string, detail: string, parameter?: string): VendorReply => ({
  status,
  body: {
    errors: [
      {
        id: "d2c4",
        status,
        code,
        title: code,
        detail,
        source: { pointer: "/data/", ...(parameter === undefined ? {} : { parameter }) }
      }
    ]
  }
})

const encode = (generation: number, offset: number) => Buffer.from(`next::${generation}::${offset}`).toString("base64")
const decode = (cursor: string) => {
  const [, generation, offset] = /^next::(\d+)::(\d+)$/.exec(Buffer.from(cursor, "base64").toString()) ?? []
  return offset === undefined ? undefined : { generation: Number(generation), offset: Number(offset) }
}

/**
 * A server that speaks Klaviyo's protocol of lists and segments, as https://developers.klaviyo.com/en/reference describes revision
 * 2026-07-15: JSON:API resources, cursor pages of at most 100 profiles or 10 lists, errors by pointer or parameter, and the burst
 * limit with `Retry-After`.
 */
export const klaviyoServer = Effect.fnUntraced(function* ({ apiKey = "pk_local", burst, lists, port }: KlaviyoOptions) {
  const state = { generation: 0, window: 0, used: 0 }

  const page = <A>(
    { url }: Asked,
    origin: string,
    all: ReadonlyArray<A>,
    largest: number,
    resource: (each: A) => unknown
  ): VendorReply => {
    const size = Number(url.searchParams.get("page[size]") ?? Math.min(largest, 20))
    if (!(size >= 1 && size <= largest))
      return problem(400, "invalid", `Page size must be an integer between 1 and ${largest}.`, "page[size]")
    const cursor = url.searchParams.get("page[cursor]")
    const at = cursor === null ? { generation: state.generation, offset: 0 } : decode(cursor)
    if (at === undefined || at.generation !== state.generation)
      return problem(400, "invalid", "Invalid page cursor", "page[cursor]")
    const end = at.offset + size
    const next = new URL(url.pathname + url.search, origin)
    next.searchParams.set("page[cursor]", encode(state.generation, end))
    return {
      headers: { "content-type": "application/vnd.api+json" },
      body: {
        data: all.slice(at.offset, end).map(resource),
        links: { self: `${origin}${url.pathname}`, prev: null, next: end < all.length ? next.href : null }
      }
    }
  }

  const listResource = ({ id, kind, name, profiles }: KlaviyoList, counted: boolean) => ({
    type: kind,
    id,
    attributes: { name, created: "2026-01-01T00:00:00+00:00", ...(counted ? { profile_count: profiles.length } : {}) }
  })

  const profileResource = ({ id, ...attributes }: KlaviyoProfile) => ({
    type: "profile",
    id,
    attributes: { properties: {}, ...attributes }
  })

  const speak = (asked: Asked, origin: string): VendorReply => {
    const { headers, method, url } = asked
    if (headers.authorization !== `Klaviyo-API-Key ${apiKey}`) {
      return problem(401, "not_authenticated", "Missing or invalid private key.")
    }
    if (!revision.test(String(headers.revision))) return problem(400, "invalid", "Revision header is missing.")
    const second = Math.floor(performance.now() / 1000)
    if (second !== state.window) Object.assign(state, { window: second, used: 0 })
    if (burst !== undefined && ++state.used > burst) {
      return {
        ...problem(429, "throttled", "Request was throttled. Expected available in 1 second."),
        headers: { "retry-after": "1" }
      }
    }
    const [, kinds, id, rest] = /^\/api\/(lists|segments)(?:\/([^/]+))?(\/profiles)?\/?$/.exec(url.pathname) ?? []
    if (method !== "GET" || kinds === undefined) return problem(404, "not_found", "Not found.")
    const kind = kinds === "lists" ? "list" : "segment"
    const ofKind = lists.filter((each) => each.kind === kind)
    if (id === undefined) return page(asked, origin, ofKind, 10, (each) => listResource(each, false))
    const list = ofKind.find((each) => each.id === decodeURIComponent(id))
    if (list === undefined) return problem(404, "not_found", `A ${kind} with id ${id} does not exist.`)
    if (rest !== undefined) return page(asked, origin, list.profiles, 100, profileResource)
    return {
      body: { data: listResource(list, url.searchParams.get(`additional-fields[${kind}]`) === "profile_count") }
    }
  }

  const server = yield* vendorServer(speak, port)
  /** Whatever cursor was given is refused from now on. */
  const expireCursors = () => void state.generation++
  return { ...server, apiKey, expireCursors }
})
