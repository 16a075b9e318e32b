import { Effect } from "effect"
import { gzipSync } from "node:zlib"
import { type Asked, type VendorReply, vendorServer } from "./VendorServer.ts"

export interface SendGridContact {
  readonly CONTACT_ID: string
  readonly EMAIL?: string
  readonly FIRST_NAME?: string
  readonly LAST_NAME?: string
  readonly PHONE_NUMBER?: string
  /** Custom fields, by their names. */
  readonly [field: string]: string | undefined
}

export interface SendGridList {
  readonly id: string
  readonly name: string
  /** May be changed at any time; an export shows those of when it was begun. */
  contacts: ReadonlyArray<SendGridContact>
}

export interface SendGridOptions {
  readonly apiKey?: string
  readonly lists: Array<SendGridList>
  /** As many contacts as a file has, in place of its size. */
  readonly contactsPerFile?: number
  /** How often an export says `pending` before it is ready. */
  readonly pendingFor?: number
  /** Whether files are compressed. */
  readonly compressed?: boolean
  readonly listsPerPage?: number
}

const problem = (status: number, message: string, field: string | null = null): VendorReply => ({
  status,
  body: { errors: [{ field, message }] }
})

const cell = (text = "") => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const csv = (contacts: ReadonlyArray<SendGridContact>): string => {
  const columns = [
    ...new Set(["EMAIL", "FIRST_NAME", "LAST_NAME", "PHONE_NUMBER", "CONTACT_ID", ...contacts.flatMap(Object.keys)])
  ]
  return [columns, ...contacts.map((contact) => columns.map((column) => contact[column]))]
    .map((cells) => `${cells.map(cell).join(",")}\n`)
    .join("")
}

/**
 * A server that speaks SendGrid's protocol of exports, as https://www.twilio.com/docs/sendgrid/api-reference/contacts/export-contacts
 * describes it: a job is begun, asked for until it is ready, and its files fetched at signed addresses without credentials.
 */
export const sendGridServer = Effect.fnUntraced(function* ({
  apiKey = "SG.local-key",
  compressed = true,
  contactsPerFile = Infinity,
  lists,
  listsPerPage = 1000,
  pendingFor = 1
}: SendGridOptions) {
  const exports: Array<{
    readonly id: string
    readonly files: ReadonlyArray<string>
    asked: number
    state: "ready" | "failure" | "over"
  }> = []

  const begin = ({ body }: Asked): VendorReply => {
    const { file_type, list_ids, max_file_size } = JSON.parse(body)
    if (file_type !== "csv" || !Number.isInteger(max_file_size)) return problem(400, "invalid file", "file_type")
    const list = lists.find(({ id }) => id === list_ids[0])
    if (list === undefined) return problem(400, "invalid list id", "list_ids")
    const files = []
    for (let at = 0; at < Math.max(1, list.contacts.length); at += contactsPerFile)
      files.push(csv(list.contacts.slice(at, at + contactsPerFile)))
    const id = `export-${exports.length}`
    exports.push({ id, files, asked: 0, state: "ready" })
    return { status: 202, body: { id, _metadata: { self: "" } } }
  }

  const status = (job: (typeof exports)[number], origin: string): VendorReply => {
    if (job.state === "failure") return { body: { id: job.id, status: "failure", message: "it went wrong" } }
    if (job.asked++ < pendingFor) return { body: { id: job.id, status: "pending", created_at: "2026-01-01T00:00:00Z" } }
    const urls = job.files.map((_, i) => `${origin}/files/${job.id}/${i}?X-Amz-Signature=signed`)
    return { body: { id: job.id, status: "ready", urls, contact_count: 1 } }
  }

  const file = ({ headers, url }: Asked, id: string, index: number): VendorReply => {
    const job = exports.find((each) => each.id === id)
    if (headers.authorization !== undefined) return { status: 400, body: "Only one auth mechanism allowed" }
    if (job?.state !== "ready" || url.searchParams.get("X-Amz-Signature") !== "signed")
      return { status: 403, body: "<Error/>" }
    const text = job.files[index] ?? ""
    return { body: compressed ? gzipSync(text) : text }
  }

  const speak = (asked: Asked, origin: string): VendorReply => {
    const { headers, method, url } = asked
    const [, fileOf, index] = /^\/files\/([\w-]+)\/(\d+)$/.exec(url.pathname) ?? []
    if (fileOf !== undefined) return file(asked, fileOf, Number(index))
    if (headers.authorization !== `Bearer ${apiKey}`) return problem(401, "authorization required")
    if (url.pathname === "/v3/marketing/lists") {
      const from = Number(url.searchParams.get("page_token") ?? 0)
      const result = lists
        .slice(from, from + listsPerPage)
        .map(({ contacts, id, name }) => ({ id, name, contact_count: contacts.length, _metadata: {} }))
      const end = from + listsPerPage
      const next =
        end < lists.length
          ? { next: `https://api.sendgrid.com/v3/marketing/lists?page_size=1000&page_token=${end}` }
          : {}
      return { body: { result, _metadata: { self: "", count: lists.length, ...next } } }
    }
    const [, listId] = /^\/v3\/marketing\/lists\/([^/]+)$/.exec(url.pathname) ?? []
    const list = lists.find(({ id }) => id === listId)
    if (list !== undefined)
      return { body: { id: list.id, name: list.name, contact_count: list.contacts.length, _metadata: {} } }
    if (method === "POST" && url.pathname === "/v3/marketing/contacts/exports") return begin(asked)
    const [, jobId] = /^\/v3\/marketing\/contacts\/exports\/([\w-]+)$/.exec(url.pathname) ?? []
    const job = exports.find(({ id, state }) => id === jobId && state !== "over")
    return job === undefined ? problem(404, "not found") : status(job, origin)
  }

  return { ...(yield* vendorServer(speak)), apiKey, exports }
})
