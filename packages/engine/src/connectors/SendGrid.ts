import { Clock, Duration, Effect, Option, Redacted, Schema, Stream } from "effect"
import { HttpClientRequest } from "effect/http"
import {
  type Connector,
  type ConnectorError,
  type Credentials,
  CursorExpired,
  ListNotFound,
  type MemberPage,
  type VendorList,
  VendorAnswerUnexpected,
  VendorUnavailable
} from "./Connector.ts"
import { listPath } from "./ListPath.ts"
import { contactsIn } from "./SendGridFile.ts"
import { makeVendorHttp } from "./VendorHttp.ts"
import { VendorPatience } from "./VendorPatience.ts"

/**
 * Twilio SendGrid, Marketing API v3: the contacts of a list come as files of an export job.
 * https://www.twilio.com/docs/sendgrid/api-reference/lists/get-all-lists, …/lists/get-a-list-by-id,
 * …/contacts/export-contacts, …/contacts/export-contacts-status
 */
const origin = "https://api.sendgrid.com"

const List = Schema.Struct({
  id: Schema.String,
  name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  contact_count: Schema.optionalKey(Schema.NullOr(Schema.Finite))
})
const Lists = Schema.Struct({
  result: Schema.Array(List),
  _metadata: Schema.optionalKey(Schema.Struct({ next: Schema.optionalKey(Schema.NullOr(Schema.String)) }))
})
const ExportBegun = Schema.Struct({ id: Schema.String })
const ExportStatus = Schema.Struct({
  status: Schema.Literals(["pending", "ready", "failure"]),
  urls: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
  contact_count: Schema.optionalKey(Schema.NullOr(Schema.Finite))
})

/** Megabytes: a file is held in memory. */
const largestFile = 10
const largestFileBytes = 64 * 2 ** 20

const contactsPerPage = 1000

/** Which contact of which file of which export comes next. */
const placeOf = (cursor: string) => {
  const [, exportId, file, row] = /^([\w-]+):(\d+):(\d+)$/.exec(cursor) ?? []
  return exportId === undefined ? undefined : { exportId, file: Number(file), row: Number(row) }
}

const exportOver = new CursorExpired({ message: "SendGrid's export is over, or failed" })
const unknownKind = (kind: string) => new ListNotFound({ message: `SendGrid has lists, and no ${kind}` })

const listOf = ({ contact_count, id, name }: typeof List.Type): VendorList => ({
  kind: "list",
  id,
  name: name ?? id,
  memberCount: contact_count ?? null
})

/** The rest of a file, page by page. */
const pagesOf = (
  contacts: MemberPage["profiles"],
  { exportId, file, row }: NonNullable<ReturnType<typeof placeOf>>,
  next: string | null
): ReadonlyArray<MemberPage> => {
  const pages: Array<MemberPage> = []
  for (let at = row; at < contacts.length || pages.length === 0; at += contactsPerPage) {
    const end = at + contactsPerPage
    const cursor = end < contacts.length ? `${exportId}:${file}:${end}` : next
    pages.push({ profiles: contacts.slice(at, end), cursor })
  }
  return pages
}

export const makeSendGrid = Effect.gen(function* () {
  const http = yield* makeVendorHttp({
    vendor: "sendgrid",
    name: "SendGrid",
    // Files are on S3, at addresses that are signed: no credentials are sent there.
    allowed: /api\.sendgrid\.com|(?:[a-z0-9.-]+\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com/,
    concurrency: 5
  })

  const { delay, longestDelay, total } = yield* VendorPatience

  const headers = ({ apiKey }: Credentials) => ({
    authorization: `Bearer ${apiKey === undefined ? "" : Redacted.value(apiKey)}`,
    accept: "application/json"
  })
  const get = (credentials: Credentials, path: string, urlParams: Readonly<Record<string, string | undefined>> = {}) =>
    HttpClientRequest.get(`${http.at(origin)}/v3/marketing/${path}`, { headers: headers(credentials), urlParams })

  const list = Effect.fn("SendGrid.list")(function* (credentials: Credentials, kind: string, listId: string) {
    if (kind !== "list") return yield* unknownKind(kind)
    return listOf(yield* http.json(List, get(credentials, `lists/${yield* listPath("SendGrid", listId)}`)))
  })

  /** Begins an export. Its page is empty: whoever keeps the cursor goes on with this job, and begins no other. */
  const begin = Effect.fnUntraced(function* (credentials: Credentials, kind: string, listId: string) {
    const { id: known } = yield* list(credentials, kind, listId)
    const request = HttpClientRequest.post(`${http.at(origin)}/v3/marketing/contacts/exports`, {
      headers: headers(credentials)
    }).pipe(HttpClientRequest.bodyJsonUnsafe({ list_ids: [known], file_type: "csv", max_file_size: largestFile }))
    const { id } = yield* http.json(ExportBegun, request)
    if (placeOf(`${id}:0:0`) === undefined) {
      return yield* new VendorAnswerUnexpected({ message: "SendGrid names an export by what is no name" })
    }
    return `${id}:0:0`
  })

  const filesOf = Effect.fnUntraced(function* (credentials: Credentials, exportId: string) {
    const began = yield* Clock.currentTimeMillis
    for (let asked = 0; ; asked++) {
      const { contact_count, status, urls } = yield* http.json(
        ExportStatus,
        get(credentials, `contacts/exports/${exportId}`),
        {
          refusal: (answer) => (answer.status === 404 ? exportOver : undefined)
        }
      )
      // Without files the export is of an empty list, or it is not what it should be: then nobody is to leave for it.
      if (status === "ready" && (urls?.length || contact_count === 0)) return urls ?? []
      if (status === "ready") return yield* new VendorAnswerUnexpected({ message: "SendGrid's export has no files" })
      if (status === "failure") return yield* exportOver
      const wait = Math.min(Duration.toMillis(delay) * 2 ** asked, Duration.toMillis(longestDelay))
      if ((yield* Clock.currentTimeMillis) + wait - began > Duration.toMillis(total)) {
        // Exports take minutes at times. The cursor names the job, so that it can be asked for again.
        return yield* new VendorUnavailable({ message: "SendGrid is still exporting", retryAfter: longestDelay })
      }
      yield* Effect.sleep(Duration.millis(wait))
    }
  })

  const download = Effect.fnUntraced(function* (url: string) {
    const { body, status } = yield* http.answer(HttpClientRequest.get(url), { maxBytes: largestFileBytes })
    // So S3 says that the address is no longer valid, or the file gone.
    if (status === 403 || status === 404) return yield* exportOver
    if (status !== 200)
      return yield* new VendorAnswerUnexpected({ message: `SendGrid's file is not given (status ${status})` })
    return yield* contactsIn(body)
  })

  const fileFrom = Effect.fnUntraced(function* (
    credentials: Credentials,
    cursor: string
  ): Effect.fn.Return<readonly [ReadonlyArray<MemberPage>, Option.Option<string>], ConnectorError> {
    const place = placeOf(cursor)
    if (place === undefined) return yield* exportOver
    const urls = yield* filesOf(credentials, place.exportId)
    const url = urls[place.file]
    if (url === undefined && place.file > 0) return yield* exportOver
    const next = place.file + 1 < urls.length ? `${place.exportId}:${place.file + 1}:0` : null
    const contacts = url === undefined ? [] : yield* download(url)
    if (place.row > contacts.length) return yield* exportOver
    return [pagesOf(contacts, place, next), Option.fromNullishOr(next)]
  })

  const connector: Connector = {
    vendor: "sendgrid",
    kinds: ["list"],
    lists: (credentials) =>
      Stream.paginate(
        undefined as string | undefined,
        Effect.fnUntraced(function* (token) {
          const { _metadata, result } = yield* http.json(
            Lists,
            get(credentials, "lists", { page_size: "1000", page_token: token })
          )
          const next = _metadata?.next == null ? null : URL.parse(_metadata.next)?.searchParams.get("page_token")
          return [result.map(listOf), next === token ? Option.none() : Option.fromNullishOr(next)] as const
        })
      ),
    list,
    members: (credentials, kind, listId, since) => {
      const files = (cursor: string) => Stream.paginate(cursor, (at) => fileFrom(credentials, at))
      return since === null
        ? Stream.flatMap(Stream.fromEffect(begin(credentials, kind, listId)), (cursor) =>
            Stream.concat(Stream.succeed<MemberPage>({ profiles: [], cursor }), files(cursor))
          )
        : files(since)
    }
  }
  return connector
})
