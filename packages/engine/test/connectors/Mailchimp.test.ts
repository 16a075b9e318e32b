import { makeMailchimp } from "@audiences/engine/connectors/Mailchimp"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema, Stream } from "effect"
import { type MailchimpMember, mailchimpServer } from "../../../../tools/vitest/vendors/MailchimpServer.ts"
import { connected, profilesOf, secrets } from "./Vendors.ts"

const member = (i: number, status: MailchimpMember["status"] = "subscribed"): MailchimpMember => ({
  id: `md5-${i}`,
  contact_id: `c${i}`,
  email_address: `p${i}@example.com`,
  status,
  merge_fields: {
    FNAME: "Ada",
    LNAME: `L${i}`,
    PHONE: i % 2 === 0 ? `+1555${1_000_000 + i}` : "",
    BIRTHDAY: "01/31",
    ADDRESS: { city: "Turin" }
  }
})
const people = (count: number) => Array.from({ length: count }, (_, i) => member(i))

const started = Effect.fnUntraced(function* (count = 2500, beforePage?: (offset: number) => void) {
  const list = { id: "a1b2c3", name: "Newsletter", members: people(count) as ReadonlyArray<MailchimpMember> }
  const lists = [list]
  const server = yield* mailchimpServer({ lists, ...(beforePage === undefined ? {} : { beforePage }) })
  const mailchimp = yield* connected(makeMailchimp, "mailchimp", server.origin)
  const credentials = secrets({ apiKey: server.apiKey })
  const all = profilesOf(mailchimp.members(credentials, "list", list.id, null))
  return { server, mailchimp, list, lists, credentials, all }
})

const ids = (profiles: ReadonlyArray<{ readonly id: string }>) => profiles.map(({ id }) => id)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `c${from + i}`)

describe("Mailchimp", () => {
  it.live("lists all lists over their pages, and counts them", () =>
    Effect.gen(function* () {
      const { credentials, list, lists, mailchimp } = yield* started(3)
      for (let i = 0; i < 1100; i++) lists.push({ ...list, id: `l${i}` })
      assert.deepStrictEqual(ids(yield* Stream.runCollect(mailchimp.lists(credentials))), ids(lists))
      const expected = { kind: "list", id: "a1b2c3", name: "Newsletter", memberCount: 3 }
      assert.deepStrictEqual(yield* mailchimp.list(credentials, "list", "a1b2c3"), expected)
    })
  )

  it.live("streams the subscribed with what is known of them, and goes on from any cursor", () =>
    Effect.gen(function* () {
      const { credentials, list, mailchimp } = yield* started()
      list.members = [member(9998, "unsubscribed"), ...list.members, member(9999, "cleaned")]
      const pages = yield* Stream.runCollect(mailchimp.members(credentials, "list", list.id, null))
      assert.deepStrictEqual(ids(pages.flatMap(({ profiles }) => profiles)), range(0, 2500))
      assert.deepStrictEqual(pages[0]!.profiles[1], {
        id: "c1",
        email: "p1@example.com",
        phone: null,
        firstName: "Ada",
        lastName: "L1",
        properties: member(1).merge_fields!
      })
      const rest = yield* profilesOf(mailchimp.members(credentials, "list", list.id, pages[0]!.cursor))
      assert.deepStrictEqual(ids(rest), range(1000, 2500))
    })
  )

  it.live("misses nobody when people leave and come while the list is read", () =>
    Effect.gen(function* () {
      const changes: Array<() => void> = []
      const { all, list } = yield* started(2500, () => changes.shift()?.())
      changes.push(
        () => {},
        () => (list.members = [...list.members.slice(30), member(7777)]),
        () => (list.members = list.members.filter(({ id }) => !/^md5-1[0-9]{2}$/.test(id)).slice(0, -1))
      )
      // The second change is larger than what pages have in common: the list has to be read anew.
      assert.strictEqual((yield* Effect.flip(all))._tag, "CursorExpired")
      const again = yield* all
      assert.sameMembers(ids(again), ids(list.members.map(({ contact_id }) => ({ id: contact_id! }))))
    })
  )

  it.live("reads on where fewer left than pages have in common", () =>
    Effect.gen(function* () {
      const changes: Array<() => void> = []
      const { all, list } = yield* started(2500, () => changes.shift()?.())
      changes.push(
        () => {},
        () => (list.members = list.members.filter((_, i) => i % 100 !== 50 && i !== 999))
      )
      const seen = ids(yield* all)
      assert.includeMembers(
        seen,
        list.members.map(({ contact_id }) => contact_id!)
      )
      assert.strictEqual(new Set(seen).size, seen.length)
    })
  )

  /** Between two pages: which of a thousand leave, by their remainders, and how many come. */
  const Change = Schema.Struct({
    leaving: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999 }))).check(
      Schema.isMaxLength(80)
    ),
    coming: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 }))
  })

  it.live.prop(
    "hands on everybody who stays, nobody twice, or says that it has to begin anew",
    [Schema.Array(Change).check(Schema.isMaxLength(4))],
    ([script]) =>
      Effect.gen(function* () {
        const changes = [...script]
        let newcomers = 10_000
        const before = people(3100)
        const { all, list } = yield* started(0, () => {
          const change = changes.shift()
          if (change === undefined) return
          const leaving = new Set(change.leaving)
          list.members = [
            ...list.members.filter(({ id }) => !leaving.has(Number(id.slice(4)) % 1000)),
            ...Array.from({ length: change.coming }, () => member(newcomers++))
          ]
        })
        list.members = before
        const outcome = yield* Effect.result(all)
        if (Result.isFailure(outcome)) return assert.strictEqual(outcome.failure._tag, "CursorExpired")
        const seen = ids(outcome.success)
        assert.strictEqual(new Set(seen).size, seen.length)
        const stayed = list.members.filter((each) => before.includes(each)).map(({ contact_id }) => contact_id!)
        assert.deepStrictEqual(
          stayed.filter((id) => !seen.includes(id)),
          []
        )
      }),
    { arbitrary: { runs: 12 }, timeout: 30_000 }
  )

  it.live("takes no empty page for the end of a list", () =>
    Effect.gen(function* () {
      const { all, server } = yield* started(3)
      server.faults.push({ body: { members: [], total_items: 3 } })
      assert.strictEqual((yield* Effect.flip(all))._tag, "VendorAnswerUnexpected")
      server.faults.push({ body: { members: [], total_items: 0 } })
      assert.deepStrictEqual(yield* all, [])
    })
  )

  it.live(
    "tells refused keys, keys without a data centre, lists that are not there and cursors that are none apart",
    () =>
      Effect.gen(function* () {
        const { credentials, list, mailchimp } = yield* started(1)
        const tagOf = (as = credentials, id = list.id, cursor: string | null = null) =>
          Effect.map(Effect.flip(profilesOf(mailchimp.members(as, "list", id, cursor))), ({ _tag }) => _tag)
        assert.strictEqual(yield* tagOf(secrets({ apiKey: "wrong-us14" })), "CredentialsRefused")
        assert.strictEqual(yield* tagOf(secrets({ apiKey: "evil.example/-us14x" })), "CredentialsRefused")
        assert.strictEqual(yield* tagOf(secrets({})), "CredentialsRefused")
        assert.strictEqual(yield* tagOf(credentials, "gone"), "ListNotFound")
        assert.strictEqual(yield* tagOf(credentials, list.id, "{}"), "CursorExpired")
      })
  )

  it.live("waits, though it is not told how long, and asks again where the vendor fails", () =>
    Effect.gen(function* () {
      const { all, server } = yield* started(1500)
      server.faults.push({ status: 429 }, { status: 429 }, { status: 500 }, undefined, "breakOff", "disconnect")
      assert.deepStrictEqual(ids(yield* all), range(0, 1500))
    })
  )
})
