import { Audiences } from "@audiences/engine/audiences/Audiences"
import {
  CredentialsRefused,
  CursorExpired,
  ListNotFound,
  VendorAnswerUnexpected,
  VendorUnavailable
} from "@audiences/engine/connectors/Connector"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { assert, layer } from "@effect/vitest"
import { DateTime, Duration, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { profile } from "../../../../tools/vitest/ScriptedVendor.ts"
import { archivePerson, freshActor, jobsOf } from "../Service.ts"
import {
  freshList,
  freshSynced,
  klaviyo,
  memberIds,
  runSyncs,
  sync,
  syncedAudience,
  SyncsTest,
  versionsOf
} from "./Syncing.ts"

const ids = (profiles: ReadonlyArray<{ readonly id: string }>) => profiles.map(({ id }) => id).toSorted()
const people = (...names: ReadonlyArray<string>) =>
  names.map((name) => profile(name, { email: `${name}@example.com`, firstName: name }))

layer(SyncsTest)("Syncs", (it) => {
  it.effect("members are exactly the profiles of the list, and whoever vanishes from it leaves", () =>
    Effect.gen(function* () {
      const list = klaviyo.has(freshList(), people("a", "b", "c"))
      const { actor, audience } = yield* freshSynced(list.name.slice(5))
      const first = yield* sync(actor, audience.id)
      assert.deepStrictEqual([first.syncStatus, first.progress], ["SUCCESS", null])
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a", "b", "c"])
      list.profiles = people("b", "c", "d")
      const second = yield* sync(actor, audience.id)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["b", "c", "d"])
      assert.deepInclude(second.sourceData, { listName: list.name, memberCount: 3 })
      assert.deepInclude(second.sourceData!.sync, { profiles: 3, created: 1, unchanged: 2, entered: 1, left: 1 })
      assert.deepStrictEqual(
        (yield* versionsOf(audience.id)).map(({ enteredCount, leftCount }) => [enteredCount, leftCount]),
        [
          [3, 0],
          [1, 1]
        ]
      )
      yield* sync(actor, audience.id)
      assert.strictEqual((yield* versionsOf(audience.id)).length, 2)
    })
  )

  it.effect("the first sync of an empty list publishes a version of nobody", () =>
    Effect.gen(function* () {
      const listId = freshList()
      klaviyo.has(listId, [])
      const { actor, audience } = yield* freshSynced(listId)
      const memberships = yield* Memberships
      const before = yield* memberships.status(actor.organizationId, audience.id)
      assert.deepInclude(before, {
        version: 0,
        stale: true,
        inProgress: false,
        syncStatus: "PENDING",
        lastSyncedAt: null
      })
      yield* sync(actor, audience.id)
      const after = yield* memberships.status(actor.organizationId, audience.id)
      assert.deepInclude(after, { version: 1, stale: false, inProgress: false, syncStatus: "SUCCESS" })
      assert.isNotNull(after.lastSyncedAt)
    })
  )

  it.effect("one sync at a time; the mirrors of audience and consumers tell the same instant", () =>
    Effect.gen(function* () {
      const listId = freshList()
      klaviyo.has(listId, people("m"))
      const { actor, audience, sourceId } = yield* freshSynced(listId)
      const syncs = yield* Syncs
      const both = yield* Effect.all(
        [1, 2, 3].map(() => Effect.exit(syncs.start(actor, audience.id))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(both.filter(({ _tag }) => _tag === "Success").length, 1)
      const refused = yield* Effect.flip(syncs.start(actor, audience.id))
      assert.deepInclude(refused, { _tag: "SyncInProgress", error: "Sync already in progress" })
      const running = yield* (yield* Memberships).status(actor.organizationId, audience.id)
      assert.deepInclude(running, { inProgress: true, stale: true, pendingShards: 0, syncStatus: "PENDING" })
      yield* runSyncs(actor)
      const full = yield* (yield* Audiences).get(actor.organizationId, audience.id)
      const { data } = yield* (yield* Memberships).list(actor.organizationId, audience.id, {})
      const at = full.primarySyncSource!.lastSyncedAt!
      assert.deepStrictEqual(
        [full.primaryLastSyncedAt, data[0]!.primaryLastSyncedAt, data[0]!.primarySyncSource!.lastSyncedAt].map((each) =>
          DateTime.formatIso(each!)
        ),
        [at, at, at].map(DateTime.formatIso)
      )
      assert.deepInclude(data[0]!, {
        primaryExternalId: "m",
        primarySourceVendor: "klaviyo",
        primarySyncSourceId: sourceId as string
      })
      const again = yield* sync(actor, audience.id)
      const later = yield* (yield* Memberships).list(actor.organizationId, audience.id, {})
      assert.deepStrictEqual(later.data[0]!.primaryLastSyncedAt, again.lastSyncedAt)
      assert.isNull(later.data[0]!.updatedAt)
    })
  )

  it.effect("of workers that are at one sync by mistake one goes on, and nothing is done twice", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const names = Array.from({ length: 40 }, (_, i) => `w${String(i).padStart(2, "0")}`)
      klaviyo.has(listId, people(...names))
      const { actor, audience, sourceId: syncSourceId } = yield* freshSynced(listId)
      const syncs = yield* Syncs
      const key = { organizationId: actor.organizationId, syncSourceId }
      yield* syncs.start(actor, audience.id)
      yield* Effect.all(
        [1, 2, 3, 4].map(() => syncs.run(key)),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), names)
      assert.strictEqual((yield* versionsOf(audience.id)).length, 1)
      const { primarySyncSource } = yield* (yield* Audiences).get(actor.organizationId, audience.id)
      assert.deepInclude(primarySyncSource!.sourceData!.sync, { profiles: 40, repeated: 0, created: 40, unchanged: 0 })
    })
  )

  it.effect("names, phone and chosen properties are taken over; the rest of a consumer stays", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const listId = freshList()
      const list = klaviyo.has(listId, [
        profile("p", {
          email: "Ada@Example.com",
          phone: "+14155550100",
          firstName: " Ada ",
          lastName: "Lovelace",
          properties: { plan: "gold", "Favourite colours": ["red"], secret: "x", nested: { a: 1 } }
        })
      ])
      const { actor, audience } = yield* freshSynced(listId)
      yield* sync(actor, audience.id)
      const read = Effect.map((yield* Memberships).list(actor.organizationId, audience.id, {}), ({ data }) => data[0]!)
      const before = yield* read
      assert.deepInclude(before, {
        email: "Ada@Example.com",
        phone: "+14155550100",
        fullName: "Ada Lovelace",
        metadata: { plan: "gold", colours: ["red"] }
      })
      yield* sql`
        UPDATE consumers SET metadata = metadata || '{"own": 1}', loyalty_balance = 7 WHERE id = ${before.id}::uuid`
      list.profiles = [profile("p", { email: "ada@example.com", properties: { plan: null } })]
      const after = yield* sync(actor, audience.id)
      assert.deepInclude(after.sourceData!.sync, { updated: 1, created: 0 })
      assert.deepInclude(yield* read, {
        id: before.id,
        email: "ada@example.com",
        phone: "+14155550100",
        fullName: "Ada Lovelace",
        loyaltyBalance: 7,
        metadata: { plan: null, colours: ["red"], own: 1 }
      })
    })
  )

  it.effect("what of a profile cannot be kept is left out and told; a conflict keeps a profile out", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const list = klaviyo.has(listId, people("x", "y"))
      const { actor, audience } = yield* freshSynced(listId)
      yield* sync(actor, audience.id)
      list.profiles = [
        profile("x", { email: "y@example.com" }),
        profile("y", { email: "y@example.com", phone: "0 123" }),
        profile("z", { email: "no address", firstName: "\u0000" }),
        profile(""),
        profile("i".repeat(600))
      ]
      const { sourceData, syncStatus } = yield* sync(actor, audience.id)
      assert.strictEqual(syncStatus, "SUCCESS")
      const report = sourceData!.sync as Record<string, unknown> & { problems: ReadonlyArray<{ profileId: string }> }
      assert.deepInclude(report, { profiles: 3, created: 1, unchanged: 1, conflicts: 1, rejected: 2 })
      assert.deepStrictEqual(
        report.problems
          .map(({ profileId }) => profileId)
          .toSorted()
          .slice(-4),
        ["x", "y", "z", "z"]
      )
      assert.notInclude(JSON.stringify(report), "example.com")
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["y", "z"])
    })
  )

  it.effect("the caller's own external id and another vendor's source stay", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const listId = freshList()
      klaviyo.has(listId, people("k1"))
      const { actor, audience } = yield* freshSynced(listId)
      yield* sync(actor, audience.id)
      yield* sql`
        UPDATE consumers SET primary_external_id = 'mine', primary_external_id_folded = 'mine', primary_sync_source_id = NULL,
          primary_source_vendor = NULL, primary_source_vendor_folded = NULL
        WHERE organization_id = ${actor.organizationId}::uuid`
      const { sourceData } = yield* sync(actor, audience.id)
      assert.deepInclude(sourceData!.sync, { unchanged: 1, conflicts: 0 })
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["mine"])
    })
  )

  it.effect("a failure changes no member, is told with its reason, and the sync goes on where it was", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const list = klaviyo.has(listId, people("a", "b", "c"))
      const { actor, audience } = yield* freshSynced(listId)
      yield* sync(actor, audience.id)
      list.profiles = people("c", "d", "e")
      list.incidents = [null, new VendorUnavailable({ message: "Klaviyo is away", retryAfter: Duration.minutes(5) })]
      const { pages } = klaviyo
      const failed = yield* sync(actor, audience.id)
      assert.strictEqual(failed.syncStatus, "FAILED")
      assert.strictEqual(failed.sourceData!.failureReason, "Klaviyo is away")
      assert.deepInclude(failed.progress!, { phase: "reading", profilesRead: 2 })
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a", "b", "c"])
      const status = yield* (yield* Memberships).status(actor.organizationId, audience.id)
      assert.deepInclude(status, { inProgress: false, stale: true, syncStatus: "FAILED", version: 1 })
      const done = yield* sync(actor, audience.id)
      assert.strictEqual(done.syncStatus, "SUCCESS")
      assert.notProperty(done.sourceData, "failureReason")
      assert.strictEqual(klaviyo.pages - pages, 2)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["c", "d", "e"])
    })
  )

  it.effect("what no patience mends ends the sync with its reason", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const list = klaviyo.has(listId, people("a", "b", "c"))
      const { actor, audience } = yield* freshSynced(listId)
      const cases = [
        [new CredentialsRefused({ message: "401" }), "401"],
        [new VendorAnswerUnexpected({ message: "odd" }), "odd"],
        [new ListNotFound({ message: "gone" }), "gone"],
        ["broken", "The list broke off before its end."],
        ["defect", "Something went wrong in this server; its log says what."]
      ] as const
      for (const [incident, reason] of cases) {
        list.incidents = [null, incident]
        const failed = yield* sync(actor, audience.id)
        assert.deepStrictEqual(
          [failed.syncStatus, failed.sourceData!.failureReason, failed.progress],
          ["FAILED", reason, null]
        )
      }
      list.incidents = []
      list.generation++
      assert.strictEqual((yield* sync(actor, audience.id)).syncStatus, "SUCCESS")
    })
  )

  it.effect("a cursor that is over lets the sync start over, and only what came then counts", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const list = klaviyo.has(listId, people("a", "b", "c", "d"))
      const { actor, audience } = yield* freshSynced(listId)
      list.incidents = [
        null,
        new CursorExpired({ message: "over" }),
        null,
        new VendorUnavailable({ message: "away", retryAfter: null })
      ]
      yield* sync(actor, audience.id)
      list.profiles = people("d", "e")
      list.generation++
      const { sourceData } = yield* sync(actor, audience.id)
      assert.deepInclude(sourceData!.sync, { profiles: 2, created: 2 })
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["d", "e"])
    })
  )

  it.effect("a profile on two pages is one member, and two profiles of one person are one consumer", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const [a, b, c] = people("a", "b", "c") as [
        ReturnType<typeof profile>,
        ReturnType<typeof profile>,
        ReturnType<typeof profile>
      ]
      klaviyo.has(listId, [a, b, { ...a, firstName: "Later" }, c, profile("a2", { email: "A@example.com" })])
      const { actor, audience } = yield* freshSynced(listId)
      const { sourceData } = yield* sync(actor, audience.id)
      assert.deepInclude(sourceData!.sync, { profiles: 4, repeated: 1, created: 3, duplicates: 1 })
      assert.strictEqual((yield* (yield* Memberships).count(actor.organizationId, audience.id)).count, 3)
      const { data } = yield* (yield* Memberships).list(actor.organizationId, audience.id, {})
      assert.include(
        data.map(({ fullName }) => fullName),
        "Later"
      )
    })
  )

  it.effect("an archived consumer comes back as a new one", () =>
    Effect.gen(function* () {
      const listId = freshList()
      klaviyo.has(listId, people("a", "b"))
      const { actor, audience } = yield* freshSynced(listId)
      yield* sync(actor, audience.id)
      const { data } = yield* (yield* Memberships).list(actor.organizationId, audience.id, {})
      yield* archivePerson(actor.organizationId, data[0]!.id)
      yield* sync(actor, audience.id)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a", "b"])
    })
  )

  it.effect("a list has one audience: who takes it over again is told which", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const [known, taken] = [freshList(), freshList()]
      klaviyo.has(known, people("a"), { name: "  Newsletter \u0000 " })
      klaviyo.has(taken, people("b"))
      const audience = yield* syncedAudience(actor, taken)
      const syncs = yield* Syncs
      const result = yield* syncs.importFrom(actor, "klaviyo", { listIds: [known, taken, "unknown", known] })
      const made = result.skipped[2]!.existingAudienceId!
      assert.deepStrictEqual(result.skipped, [
        { listId: taken, reason: "List has an audience already", existingAudienceId: audience.id },
        { listId: "unknown", reason: "Klaviyo knows no such list", existingAudienceId: null },
        { listId: known, reason: "List has an audience already", existingAudienceId: made }
      ])
      assert.deepStrictEqual(
        result.imported.map(({ listId }) => listId),
        [known]
      )
      assert.strictEqual((yield* jobsOf(actor.organizationId)).length, 1)
      yield* runSyncs(actor)
      const full = yield* (yield* Audiences).list(actor.organizationId, {})
      assert.sameMembers(
        full.data.map(({ id }) => id as string),
        [made, audience.id]
      )
      assert.strictEqual(full.data.find(({ id }) => id === made)!.primarySyncSource!.syncStatus, "SUCCESS")
      const none = yield* syncs.importFrom(actor, "sendgrid", { listIds: ["x"] })
      assert.deepStrictEqual(none, {
        imported: [],
        skipped: [{ listId: "x", reason: "This server cannot reach SendGrid", existingAudienceId: null }]
      })
      const others = yield* freshActor
      const races = yield* Effect.all(
        [1, 2, 3].map(() => syncs.importFrom(others, "klaviyo", { listIds: [known] })),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(races.flatMap(({ imported }) => imported).length, 1)
    })
  )

  it.effect.prop(
    "after any script, the members are the list's",
    [
      Schema.Array(Schema.Array(Schema.Literals(["a", "b", "c", "d", "e", "f"]))).check(
        Schema.isMinLength(1),
        Schema.isMaxLength(4)
      ),
      Schema.Array(Schema.Literals(["page", "away", "expired", "broken", "defect"])).check(Schema.isMaxLength(12))
    ],
    ([states, script]) =>
      Effect.gen(function* () {
        const incidents = {
          page: null,
          away: new VendorUnavailable({ message: "away", retryAfter: null }),
          expired: new CursorExpired({ message: "over" }),
          broken: "broken" as const,
          defect: "defect" as const
        }
        const listId = freshList()
        const list = klaviyo.has(listId, [])
        const { actor, audience } = yield* freshSynced(listId)
        list.incidents = script.map((name) => incidents[name])
        let published: ReadonlyArray<string> = []
        for (const names of states) {
          list.profiles = people(...names)
          list.generation++
          for (;;) {
            const { syncStatus } = yield* sync(actor, audience.id)
            if (syncStatus === "SUCCESS") break
            assert.deepStrictEqual(yield* memberIds(actor, audience.id), published)
          }
          published = [...new Set(ids(people(...names)))]
          assert.deepStrictEqual(yield* memberIds(actor, audience.id), published)
        }
      }),
    { arbitrary: { runs: 15 } }
  )
})
