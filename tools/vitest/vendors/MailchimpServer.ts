import { Effect } from "effect"
import { type Asked, type VendorReply, vendorServer } from "./VendorServer.ts"

export interface MailchimpMember {
  readonly id: string
  readonly contact_id?: string
  readonly email_address: string
  readonly status: "subscribed" | "unsubscribed" | "cleaned" | "pending"
  readonly merge_fields?: Readonly<Record<string, unknown>>
}

export interface MailchimpList {
  readonly id: string
  readonly name: string
  /** In the order in which they opted in. May be changed at any time. */
  members: ReadonlyArray<MailchimpMember>
}

const problem = (status: number, title: string, detail: string): VendorReply => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: { type: "https://mailchimp.com/developer/marketing/docs/errors/", title, status, detail, instance: "1d5c" }
})

/**
 * A server that speaks Mailchimp's protocol of lists, as https://mailchimp.com/developer/marketing/api describes version 3.0: HTTP
 * Basic with any user, pages by `offset` and `count` of at most 1000, `total_items` of what the filter leaves, `fields` by dots.
 */
export const mailchimpServer = Effect.fnUntraced(function* ({
  apiKey = "0123456789abcdef0123456789abcdef-us14",
  lists,
  beforePage
}: {
  readonly apiKey?: string
  readonly lists: Array<MailchimpList>
  /** Called before a page of members is read. */
  readonly beforePage?: (offset: number) => void
}) {
  const page = ({ url }: Asked, name: string, all: ReadonlyArray<object>): VendorReply => {
    const [count, offset] = ["count", "offset"].map((parameter, i) =>
      Number(url.searchParams.get(parameter) ?? [10, 0][i])
    )
    if (!(count! >= 0 && count! <= 1000 && offset! >= 0))
      return problem(400, "Invalid Resource", "Count is at most 1000")
    return { body: { [name]: all.slice(offset, offset! + count!), total_items: all.length, _links: [] } }
  }

  const listInfo = ({ id, members, name }: MailchimpList) => ({
    id,
    name,
    stats: { member_count: members.filter(({ status }) => status === "subscribed").length }
  })

  const speak = (asked: Asked): VendorReply => {
    const [scheme, encoded = ""] = (asked.headers.authorization ?? "").split(" ")
    const [, password] = Buffer.from(encoded, "base64").toString().split(":")
    if (scheme !== "Basic" || password !== apiKey) {
      return problem(
        401,
        "API Key Invalid",
        "Your API key may be invalid, or you've attempted to access the wrong datacenter."
      )
    }
    const [, id, members] = /^\/3\.0\/lists(?:\/([^/]+))?(\/members)?$/.exec(asked.url.pathname) ?? []
    const list = lists.find((each) => each.id === id)
    if (id === undefined && asked.url.pathname === "/3.0/lists") return page(asked, "lists", lists.map(listInfo))
    if (list === undefined) return problem(404, "Resource Not Found", "The requested resource could not be found.")
    if (members === undefined) return { body: listInfo(list) }
    beforePage?.(Number(asked.url.searchParams.get("offset") ?? 0))
    const status = asked.url.searchParams.get("status")
    const chosen = list.members.filter((member) => status === null || member.status === status)
    return page(asked, "members", chosen)
  }

  return { ...(yield* vendorServer(speak)), apiKey }
})
