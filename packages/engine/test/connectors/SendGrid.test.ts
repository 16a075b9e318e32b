import { makeSendGrid } from "@audiences/engine/connectors/SendGrid"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Stream } from "effect"
import { gzipSync } from "node:zlib"
import {
  type SendGridContact,
  type SendGridOptions,
  sendGridServer
} from "../../../../tools/vitest/vendors/SendGridServer.ts"
import { connected, profilesOf, secrets } from "./Vendors.ts"

const people = (count: number): ReadonlyArray<SendGridContact> =>
  Array.from({ length: count }, (_, i) => ({
    CONTACT_ID: `u-${i}`,
    EMAIL: `p${i}@example.com`,
    FIRST_NAME: `Ada "${i}", the\nfirst`,
    favorite_color: i % 2 === 0 ? "blue" : ""
  }))

const started = Effect.fnUntraced(function* (count: number, options: Partial<SendGridOptions> = {}) {
  const list = { id: "ca7a1bc1", name: "Newsletter", contacts: people(count) }
  const lists = [list]
  const server = yield* sendGridServer({ lists, ...options })
  const sendGrid = yield* connected(makeSendGrid, "sendgrid", server.origin, { total: Duration.millis(500) })
  const credentials = secrets({ apiKey: server.apiKey })
  const pages = (since: string | null = null) => sendGrid.members(credentials, "list", list.id, since)
  return { server, sendGrid, list, lists, credentials, pages, all: profilesOf(pages()) }
})

const ids = (profiles: ReadonlyArray<{ readonly id: string }>) => profiles.map(({ id }) => id)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `u-${from + i}`)

describe("SendGrid", () => {
  it.live("lists all lists over their pages, and counts them", () =>
    Effect.gen(function* () {
      const { credentials, list, lists, sendGrid } = yield* started(3, { listsPerPage: 2 })
      for (let i = 0; i < 4; i++) lists.push({ ...list, id: `l${i}` })
      assert.deepStrictEqual(ids(yield* Stream.runCollect(sendGrid.lists(credentials))), ids(lists))
      const expected = { kind: "list", id: "ca7a1bc1", name: "Newsletter", memberCount: 3 }
      assert.deepStrictEqual(yield* sendGrid.list(credentials, "list", "ca7a1bc1"), expected)
    })
  )

  it.live("streams the files of an export, compressed or not, and sends no credentials where they are", () =>
    Effect.gen(function* () {
      for (const compressed of [true, false]) {
        const { all, server } = yield* started(4500, { compressed, contactsPerFile: 2000, pendingFor: 2 })
        const profiles = yield* all
        assert.deepStrictEqual(ids(profiles), range(0, 4500))
        assert.deepStrictEqual(profiles[2], {
          id: "u-2",
          email: "p2@example.com",
          phone: null,
          firstName: 'Ada "2", the\nfirst',
          lastName: null,
          properties: { favorite_color: "blue" }
        })
        assert.strictEqual(server.exports.length, 1)
        const files = server.asked.filter(({ url }) => url.pathname.startsWith("/files/"))
        assert.isTrue(files.length === 3 && files.every(({ headers }) => headers.authorization === undefined))
      }
    })
  )

  it.live("begins one export only, whose job and place every cursor names", () =>
    Effect.gen(function* () {
      const { pages, server } = yield* started(2500, { contactsPerFile: 1500 })
      const all = yield* Stream.runCollect(pages())
      assert.deepStrictEqual(
        all.map(({ cursor, profiles }) => [profiles.length, cursor]),
        [
          [0, "export-0:0:0"],
          [1000, "export-0:0:1000"],
          [500, "export-0:1:0"],
          [1000, null]
        ]
      )
      for (const [i, { cursor }] of all.slice(0, -1).entries()) {
        const rest = yield* profilesOf(pages(cursor))
        assert.deepStrictEqual(ids(rest), ids(all.slice(i + 1).flatMap(({ profiles }) => profiles)))
      }
      assert.strictEqual(server.exports.length, 1)
    })
  )

  it.live("ends with nobody where the list is empty", () =>
    Effect.gen(function* () {
      const { pages } = yield* started(0)
      const all = yield* Stream.runCollect(pages())
      assert.deepStrictEqual(all.at(-1), { profiles: [], cursor: null })
    })
  )

  it.live("stops asking for an export that takes long, and says that it may be asked for again", () =>
    Effect.gen(function* () {
      const { all } = yield* started(1, { pendingFor: 1e6 })
      const failed = yield* Effect.flip(all)
      assert.deepStrictEqual([failed._tag, failed.message], ["VendorUnavailable", "SendGrid is still exporting"])
    })
  )

  it.live("tells refused keys, lists that are not there, and exports that failed or are over apart", () =>
    Effect.gen(function* () {
      const { credentials, pages, sendGrid, server } = yield* started(1)
      const tagOf = (stream: ReturnType<typeof pages>) =>
        Effect.map(Effect.flip(profilesOf(stream)), ({ _tag }) => _tag)
      const members = (as = credentials, id = "ca7a1bc1", kind = "list") => sendGrid.members(as, kind, id, null)
      assert.strictEqual(yield* tagOf(members(secrets({ apiKey: "SG.wrong" }))), "CredentialsRefused")
      assert.strictEqual(yield* tagOf(members(credentials, "gone")), "ListNotFound")
      assert.strictEqual(yield* tagOf(members(credentials, "ca7a1bc1", "segment")), "ListNotFound")
      yield* profilesOf(pages())
      for (const state of ["failure", "over"] as const) {
        server.exports[0]!.state = state
        assert.strictEqual(yield* tagOf(pages("export-0:0:0")), "CursorExpired")
      }
      for (const cursor of ["", "../../x:0:0", "export-0:0"])
        assert.strictEqual(yield* tagOf(pages(cursor)), "CursorExpired")
    })
  )

  it.live("takes no export without files for an empty list, unless it says so", () =>
    Effect.gen(function* () {
      const { all, pages, server } = yield* started(3, { pendingFor: 0, contactsPerFile: 2 })
      server.faults.push(undefined, undefined, { body: { status: "ready", urls: [] } })
      assert.strictEqual((yield* Effect.flip(all))._tag, "VendorAnswerUnexpected")
      server.faults.push(undefined, undefined, { body: { status: "ready", urls: null, contact_count: 0 } })
      assert.deepStrictEqual(yield* all, [])
      for (const cursor of ["export-0:2:0", "export-0:0:3"]) {
        assert.strictEqual((yield* Effect.flip(profilesOf(pages(cursor))))._tag, "CursorExpired")
      }
    })
  )

  it.live("asks again where the vendor fails, throttles or breaks off", () =>
    Effect.gen(function* () {
      const { all, server } = yield* started(1500)
      const throttled = { status: 429, headers: { "retry-after": "0" } }
      server.faults.push(
        { status: 500 },
        undefined,
        throttled,
        undefined,
        "disconnect",
        undefined,
        undefined,
        { status: 503 },
        "breakOff"
      )
      assert.deepStrictEqual(ids(yield* all), range(0, 1500))
    })
  )

  it.live(
    "refuses files that are broken, of another form, or bombs, without a word of what is in them",
    () =>
      Effect.gen(function* () {
        for (const body of [
          gzipSync("CONTACT_ID,EMAIL\nu-1,ada@example.com\n").subarray(0, 30),
          Buffer.concat(Array(101).fill(gzipSync(Buffer.alloc(2 ** 20)))),
          "EMAIL,FIRST_NAME\nada@example.com,Ada\n",
          "CONTACT_ID,EMAIL\n,ada@example.com\n",
          'CONTACT_ID,EMAIL\nu-1,"ada@example.com\n'
        ]) {
          const { all, server } = yield* started(1, { pendingFor: 0 })
          server.faults.push(undefined, undefined, undefined, { body })
          const failed = yield* Effect.flip(all)
          assert.strictEqual(failed._tag, "VendorAnswerUnexpected")
          assert.notInclude(failed.message, "ada@")
        }
      }),
    30_000
  )
})
