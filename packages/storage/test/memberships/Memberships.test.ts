import type { AudienceId } from "@audiences/domain/AudienceId"
import type { ConsumerFull, ConsumerId } from "@audiences/domain/Consumer"
import type { Page, PageQuery } from "@audiences/domain/Page"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { insertPeople, skipOrdinals } from "../People.ts"
import { allMembers, archivePerson, freshActor, makeAudience, ServiceTest, unknownAudience } from "../Service.ts"

const people = (count: number) => Array.from({ length: count }, () => ({}))
type Failure = {
  readonly _tag: string
  readonly issues?: ReadonlyArray<{ readonly message: string; readonly path: ReadonlyArray<{ readonly key: unknown }> }>
}
const failure = (attempt: Effect.Effect<unknown, unknown, never>) =>
  Effect.map(Effect.flip(attempt), (error) => error as Failure)
const pathsOf = ({ issues }: Failure) => issues?.map(({ path }) => path.map(({ key }) => key).join("."))

const feedOf = Effect.fnUntraced(function* (id: AudienceId) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{
    ordinals: ReadonlyArray<number>
  }>`SELECT ordinals FROM changes WHERE audience_id = ${id}::uuid ORDER BY position`
})

layer(ServiceTest)("Memberships", (it) => {
  it.effect("adds each consumer once: rows, bits, version, count and feed agree", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const [a, b, c] = yield* insertPeople(actor.organizationId, people(3))
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      assert.deepStrictEqual(yield* memberships.add(actor, id, { consumerIds: [b!, a!, b!.toUpperCase()] }), {
        audienceId: id,
        addedCount: 2
      })
      assert.deepStrictEqual(yield* memberships.add(actor, id, { consumerIds: [a!, c!] }), {
        audienceId: id,
        addedCount: 1
      })
      assert.deepStrictEqual(yield* memberships.add(actor, id, { consumerIds: [a!] }), {
        audienceId: id,
        addedCount: 0
      })
      assert.deepStrictEqual(yield* memberships.add(actor, id, { consumerIds: [] }), { audienceId: id, addedCount: 0 })
      const status = yield* memberships.status(actor.organizationId, id)
      assert.deepStrictEqual(
        [status.version, status.stale, status.inProgress, status.pendingShards],
        [2, false, false, 0]
      )
      assert.deepStrictEqual(yield* memberships.count(actor.organizationId, id), { audienceId: id, count: 3 })
      assert.deepStrictEqual(yield* allMembers(actor.organizationId, id, 2), [a!, b!, c!])
      assert.deepStrictEqual(
        (yield* feedOf(id)).map(({ ordinals }) => ordinals.toSorted()),
        [[0, 1], [2]]
      )
    })
  )

  it.effect("removes members, leaves nothing behind, and counts only who was in", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const sql = yield* SqlClient.SqlClient
      const [a, b] = yield* insertPeople(actor.organizationId, people(2))
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      yield* memberships.add(actor, id, { consumerIds: [a!] })
      assert.strictEqual((yield* memberships.remove(actor, id, { consumerIds: [b!] })).removedCount, 0)
      assert.strictEqual((yield* memberships.remove(actor, id, { consumerIds: [a!, b!, a!] })).removedCount, 1)
      assert.deepStrictEqual(yield* allMembers(actor.organizationId, id), [])
      assert.strictEqual((yield* memberships.status(actor.organizationId, id)).version, 2)
      assert.deepStrictEqual(yield* sql`SELECT 1 FROM audience_blocks WHERE audience_id = ${id}::uuid`, [])
      assert.deepStrictEqual(yield* sql`SELECT 1 FROM static_members WHERE audience_id = ${id}::uuid`, [])
    })
  )

  it.effect("names every unknown and archived consumer and adds nobody", () =>
    Effect.gen(function* () {
      const [actor, other] = [yield* freshActor, yield* freshActor]
      const memberships = yield* Memberships
      const [a, archived] = yield* insertPeople(actor.organizationId, people(2))
      const [theirs] = yield* insertPeople(other.organizationId, people(1))
      yield* archivePerson(actor.organizationId, archived!)
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const refused = yield* failure(memberships.add(actor, id, { consumerIds: [a!, archived!, theirs!, a!] }))
      assert.deepStrictEqual(pathsOf(refused), ["consumerIds.1", "consumerIds.2"])
      assert.strictEqual((yield* memberships.count(actor.organizationId, id)).count, 0)
      assert.deepStrictEqual(
        pathsOf(yield* failure(memberships.remove(actor, id, { consumerIds: [archived!, theirs!] }))),
        ["consumerIds.1"]
      )
    })
  )

  it.effect("takes members only for a live STATIC_LIST of the organization", () =>
    Effect.gen(function* () {
      const [actor, other] = [yield* freshActor, yield* freshActor]
      const memberships = yield* Memberships
      const [a] = yield* insertPeople(actor.organizationId, people(1))
      const dynamic = yield* makeAudience(actor, { type: "DYNAMIC" })
      const list = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const input = { consumerIds: [a!] }
      assert.deepStrictEqual(
        (yield* failure(memberships.add(actor, dynamic.id, input))).issues?.[0]?.message,
        "Audience is not a static list"
      )
      assert.deepStrictEqual(
        (yield* failure(memberships.remove(actor, dynamic.id, input))).issues?.[0]?.message,
        "Audience is not a static list"
      )
      const { organizationId } = other
      for (const attempt of [
        memberships.add(other, list.id, input),
        memberships.remove(other, list.id, input),
        memberships.count(organizationId, list.id),
        memberships.status(organizationId, list.id),
        memberships.list(organizationId, list.id, {}),
        memberships.count(actor.organizationId, yield* unknownAudience)
      ])
        assert.strictEqual((yield* failure(attempt as Effect.Effect<unknown, unknown>))._tag, "AudienceNotFound")
      yield* (yield* Audiences).archive(actor, list.id)
      assert.strictEqual((yield* failure(memberships.add(actor, list.id, input)))._tag, "AudienceArchived")
      assert.strictEqual((yield* failure(memberships.ofConsumer(organizationId, a!)))._tag, "ConsumerNotFound")
    })
  )

  it.effect("concurrent additions to one audience all arrive, one version each", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const ids = yield* insertPeople(actor.organizationId, people(40))
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      // Each overlaps the next by half.
      const added = yield* Effect.forEach(
        Array.from({ length: 8 }, (_, i) => ids.slice(i * 4, i * 4 + 8).toSorted(() => (i % 2 === 0 ? 1 : -1))),
        (consumerIds) => memberships.add(actor, id, { consumerIds }),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(
        added.reduce((sum, { addedCount }) => sum + addedCount, 0),
        36
      )
      assert.deepStrictEqual(yield* allMembers(actor.organizationId, id), ids.slice(0, 36))
      const { version } = yield* memberships.status(actor.organizationId, id)
      assert.strictEqual(version, added.filter(({ addedCount }) => addedCount > 0).length)
    })
  )

  it.effect("an archived consumer leaves every audience at once", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const sql = yield* SqlClient.SqlClient
      const [a, b] = yield* insertPeople(actor.organizationId, people(2))
      const both = yield* makeAudience(actor, { type: "STATIC_LIST", name: "both" })
      const only = yield* makeAudience(actor, { type: "STATIC_LIST", name: "only" })
      const never = yield* makeAudience(actor, { type: "STATIC_LIST", name: "never" })
      yield* memberships.add(actor, both.id, { consumerIds: [a!, b!] })
      yield* memberships.add(actor, only.id, { consumerIds: [a!] })
      yield* memberships.add(actor, never.id, { consumerIds: [b!] })
      yield* archivePerson(actor.organizationId, a!)
      assert.deepStrictEqual(yield* memberships.ofConsumer(actor.organizationId, a!), [])
      const states = yield* Effect.forEach([both, only, never], ({ id }) =>
        Effect.gen(function* () {
          const { version } = yield* memberships.status(actor.organizationId, id)
          return [
            version,
            (yield* memberships.count(actor.organizationId, id)).count,
            yield* allMembers(actor.organizationId, id)
          ]
        })
      )
      assert.deepStrictEqual(states, [
        [2, 1, [b]],
        [2, 0, []],
        [1, 1, [b]]
      ])
      const causes = yield* sql<{ cause: string }>`
        SELECT cause, entered_count, left_count, member_count::int FROM audience_versions WHERE audience_id = ${both.id}::uuid ORDER BY version`
      assert.deepStrictEqual(causes as ReadonlyArray<unknown>, [
        { cause: "manual", enteredCount: 2, leftCount: 0, memberCount: 2 },
        { cause: "archive", enteredCount: 0, leftCount: 1, memberCount: 1 }
      ])
      assert.strictEqual(
        (yield* sql`SELECT 1 FROM static_members WHERE organization_id = ${actor.organizationId}::uuid`).length,
        2
      )
    })
  )

  it.effect("shows the live audiences of a consumer by folded name", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      yield* skipOrdinals(actor.organizationId, 65_536 + 7)
      const [a] = yield* insertPeople(actor.organizationId, people(1))
      for (const name of ["b", "A", "C", "gone"]) {
        const { id } = yield* makeAudience(actor, { type: "STATIC_LIST", name })
        yield* memberships.add(actor, id, { consumerIds: [a!] })
        if (name === "gone") yield* (yield* Audiences).archive(actor, id)
      }
      yield* makeAudience(actor, { type: "STATIC_LIST", name: "aa" })
      const shown = yield* memberships.ofConsumer(actor.organizationId, a!)
      assert.deepStrictEqual(
        shown.map(({ name }) => name),
        ["A", "b", "C"]
      )
      assert.notProperty(shown[0], "rules")
    })
  )

  it.effect("pages forwards and backwards across blocks; ends say where nobody follows", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const low = yield* insertPeople(actor.organizationId, people(5))
      yield* skipOrdinals(actor.organizationId, 65_536 * 10)
      const high = yield* insertPeople(actor.organizationId, people(4))
      const ids = [...low.slice(1), ...high]
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      yield* memberships.add(actor, id, { consumerIds: ids })
      const list = (query: PageQuery) => memberships.list(actor.organizationId, id, query)
      const shown = (page: { readonly data: ReadonlyArray<{ readonly id: string }> }) =>
        page.data.map((each) => each.id)

      const first = yield* list({ first: 3 })
      assert.deepStrictEqual(shown(first), ids.slice(0, 3))
      assert.isNull(first.pageInfo.startCursor)
      const second = yield* list({ first: 3, after: first.pageInfo.endCursor! })
      assert.deepStrictEqual(shown(second), ids.slice(3, 6))
      const third = yield* list({ first: 3, after: second.pageInfo.endCursor! })
      assert.deepStrictEqual(shown(third), ids.slice(6))
      assert.isNull(third.pageInfo.endCursor)
      assert.deepStrictEqual(yield* list({ last: 3, before: third.pageInfo.startCursor! }), second)

      const last = yield* list({ last: 5 })
      assert.deepStrictEqual(shown(last), ids.slice(3))
      assert.isNull(last.pageInfo.endCursor)
      const before = yield* list({ last: 100, before: last.pageInfo.startCursor! })
      assert.deepStrictEqual(shown(before), ids.slice(0, 3))
      assert.isNull(before.pageInfo.startCursor)
      assert.deepStrictEqual(shown(yield* list({ first: 1, after: before.pageInfo.endCursor! })), ids.slice(3, 4))
    })
  )

  it.effect("a page beyond which all have left leads back", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const ids = yield* insertPeople(actor.organizationId, people(4))
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      yield* memberships.add(actor, id, { consumerIds: ids })
      const list = (query: PageQuery) => memberships.list(actor.organizationId, id, query)
      const first = yield* list({ first: 2 })
      const last = yield* list({ last: 2 })
      yield* archivePerson(actor.organizationId, ids[2]!)
      yield* archivePerson(actor.organizationId, ids[3]!)
      const beyond = yield* list({ first: 2, after: first.pageInfo.endCursor! })
      assert.deepStrictEqual([beyond.data, beyond.pageInfo.endCursor], [[], null])
      const back = yield* list({ last: 2, before: beyond.pageInfo.startCursor! })
      assert.deepStrictEqual(
        back.data.map((each) => each.id),
        ids.slice(0, 2)
      )
      yield* archivePerson(actor.organizationId, ids[0]!)
      yield* archivePerson(actor.organizationId, ids[1]!)
      const nobody = yield* list({ last: 2, before: last.pageInfo.startCursor! })
      assert.deepStrictEqual(nobody, { data: [], pageInfo: { startCursor: null, endCursor: null } })
    })
  )

  it.effect("refuses contradictions and cursors that are not of this list", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const memberships = yield* Memberships
      const ids = yield* insertPeople(actor.organizationId, people(3))
      const [mine, other] = [
        yield* makeAudience(actor, { type: "STATIC_LIST" }),
        yield* makeAudience(actor, { type: "STATIC_LIST" })
      ]
      yield* memberships.add(actor, mine.id, { consumerIds: ids })
      const {
        pageInfo: { endCursor }
      } = yield* memberships.list(actor.organizationId, mine.id, { first: 1 })
      const paths = (id: AudienceId, query: PageQuery) =>
        Effect.map(failure(memberships.list(actor.organizationId, id, query)), pathsOf)
      assert.deepStrictEqual(yield* paths(mine.id, { first: 1, last: 1 }), ["last"])
      assert.deepStrictEqual(yield* paths(mine.id, { after: "nonsense" }), ["after"])
      assert.deepStrictEqual(yield* paths(mine.id, { before: "" }), ["before"])
      assert.deepStrictEqual(yield* paths(other.id, { after: endCursor! }), ["after"])
      // Of a version that the audience has not come to.
      const [print, , id] = JSON.parse(Buffer.from(endCursor!, "base64url").toString())
      for (const value of ["2:0", "1:-2", "1:99999999999", "1", "x:1"]) {
        const forged = Buffer.from(JSON.stringify([print, value, id])).toString("base64url")
        assert.deepStrictEqual(yield* paths(mine.id, { after: forged }), ["after"])
      }
      for (const value of ["1:9999999999", "0:0", "1:-1"]) {
        const odd = Buffer.from(JSON.stringify([print, value, id])).toString("base64url")
        yield* memberships.list(actor.organizationId, mine.id, { after: odd })
        yield* memberships.list(actor.organizationId, mine.id, { before: odd })
      }
    })
  )

  const Step = Schema.Union([
    Schema.Struct({
      add: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 11 }))).check(Schema.isMaxLength(6))
    }),
    Schema.Struct({
      remove: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 11 }))).check(Schema.isMaxLength(6))
    })
  ])

  it.effect.prop(
    "a list that is being paged shows exactly its version, whatever changes meanwhile",
    [
      Schema.Array(Step).check(Schema.isMinLength(1), Schema.isMaxLength(8)),
      Schema.Array(Step).check(Schema.isMaxLength(8)),
      Schema.Literals([1, 2, 5])
    ],
    ([before, during, size]) =>
      Effect.gen(function* () {
        const actor = yield* freshActor
        const memberships = yield* Memberships
        const ids = [...(yield* insertPeople(actor.organizationId, people(6)))]
        yield* skipOrdinals(actor.organizationId, 65_536)
        ids.push(...(yield* insertPeople(actor.organizationId, people(6))))
        const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
        const members = new Set<ConsumerId>()
        const apply = Effect.fnUntraced(function* (step: typeof Step.Type) {
          const chosen = ("add" in step ? step.add : step.remove).map((i) => ids[i]!)
          const input = { consumerIds: chosen }
          if ("add" in step) yield* Effect.orDie(memberships.add(actor, id, input))
          else yield* Effect.orDie(memberships.remove(actor, id, input))
          for (const each of chosen) members["add" in step ? "add" : "delete"](each)
        })
        yield* Effect.forEach(before, apply)
        const pinned = ids.filter((each) => members.has(each))
        assert.strictEqual((yield* memberships.count(actor.organizationId, id)).count, pinned.length)

        const changes = [...during]
        for (const backwards of [false, true]) {
          const seen: Array<string> = []
          let cursor: string | null = null
          const expected = ids.filter((each) => members.has(each))
          do {
            const query: PageQuery = backwards
              ? { last: size, ...(cursor === null ? {} : { before: cursor }) }
              : { first: size, ...(cursor === null ? {} : { after: cursor }) }
            const page: Page<ConsumerFull> = yield* memberships.list(actor.organizationId, id, query)
            const shown = page.data.map((each) => each.id)
            if (backwards) seen.unshift(...shown)
            else seen.push(...shown)
            cursor = backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor
            const next = changes.shift()
            if (next !== undefined) yield* apply(next)
          } while (cursor !== null)
          assert.deepStrictEqual(seen, expected)
        }
        yield* Effect.forEach(changes, apply)
        assert.deepStrictEqual(
          yield* allMembers(actor.organizationId, id),
          ids.filter((each) => members.has(each))
        )
      })
  )
})
