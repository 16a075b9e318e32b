import type { Actor } from "@audiences/domain/Actor"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { VendorUnavailable } from "@audiences/engine/connectors/Connector"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { SyncSources } from "@audiences/engine/syncs/SyncSources"
import { assert, layer } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { profile } from "../../../../tools/vitest/ScriptedVendor.ts"
import { jobsOf } from "../Service.ts"
import { freshList, freshSynced, klaviyo, mailchimp, memberIds, runSyncs, SyncsTest } from "./Syncing.ts"

/** Lets time pass for one organization: other tests, on the same database, have other clocks. */
const pass = Effect.fnUntraced(function* ({ organizationId }: Actor, duration: Duration.Input) {
  const sql = yield* SqlClient.SqlClient
  const past = sql`${Duration.toMillis(Duration.fromInputUnsafe(duration))}::float8 * interval '1 millisecond'`
  yield* sql`
    UPDATE sync_sources SET created_at = created_at - ${past}, attempted_at = attempted_at - ${past}, retry_at = retry_at - ${past}
    WHERE organization_id = ${organizationId}::uuid`
  yield* sql`UPDATE sync_runs SET retry_at = retry_at - ${past} WHERE organization_id = ${organizationId}::uuid`
  yield* (yield* Syncs).enqueueDue
})

layer(SyncsTest)("The schedule of syncs", (it) => {
  it.effect("begins a sync when the interval has passed, and none of a list without one", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const list = klaviyo.has(listId, [profile("a")])
      const { actor, audience } = yield* freshSynced(listId, { refreshIntervalSeconds: 600 })
      const silent = yield* freshSynced(listId)
      yield* pass(actor, "9 minutes")
      assert.deepStrictEqual(yield* jobsOf(actor.organizationId), [])
      yield* pass(actor, "2 minutes")
      assert.strictEqual((yield* jobsOf(actor.organizationId)).length, 1)
      yield* runSyncs(actor)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a"])
      list.profiles = [profile("b")]
      yield* pass(actor, "5 minutes")
      assert.deepStrictEqual(yield* jobsOf(actor.organizationId), [])
      yield* pass(actor, "5 minutes")
      yield* runSyncs(actor)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["b"])
      assert.deepStrictEqual(yield* jobsOf(silent.actor.organizationId), [])
    })
  )

  it.effect(
    "puts a sync off for as long as the vendor asks, longer with each failure, and others are not touched",
    () =>
      Effect.gen(function* () {
        const [listId, otherId] = [freshList(), freshList()]
        const away = (retryAfter: Duration.Duration | null) => new VendorUnavailable({ message: "away", retryAfter })
        const list = klaviyo.has(listId, [profile("a"), profile("b"), profile("c")])
        list.incidents = [null, away(Duration.minutes(3)), away(null), away(null)]
        mailchimp.has(otherId, [profile("z")])
        const { actor, audience, sourceId } = yield* freshSynced(listId)
        const other = yield* freshSynced(otherId, {}, "mailchimp")
        yield* (yield* Syncs).start(actor, audience.id)
        yield* runSyncs(actor)
        yield* (yield* Syncs).start(other.actor, other.audience.id)
        yield* runSyncs(other.actor)
        assert.deepStrictEqual(yield* memberIds(other.actor, other.audience.id), ["z"])
        const waits: Array<number> = []
        for (
          let minutes = 0;
          list.incidents.length > 0 || (yield* memberIds(actor, audience.id)).length === 0;
          minutes++
        ) {
          assert.isBelow(minutes, 60)
          yield* pass(actor, "30 seconds")
          if ((yield* jobsOf(actor.organizationId)).length > 0) waits.push(minutes)
          yield* runSyncs(actor)
        }
        assert.deepStrictEqual(
          waits.map((each, i) => each - (waits[i - 1] ?? -1)),
          [6, 2, 4]
        )
        assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a", "b", "c"])
        const source = yield* (yield* SyncSources).get(actor.organizationId, sourceId)
        assert.strictEqual(source.syncStatus, "SUCCESS")
      })
  )

  it.effect("gives up after failures enough, keeps nothing, and begins anew with the next interval", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const list = klaviyo.has(listId, [profile("a"), profile("b"), profile("c")])
      const { actor, audience, sourceId } = yield* freshSynced(listId, { refreshIntervalSeconds: 3600 })
      list.incidents = [
        null,
        ...Array.from({ length: 8 }, () => new VendorUnavailable({ message: "away", retryAfter: null }))
      ]
      yield* (yield* Syncs).start(actor, audience.id)
      yield* runSyncs(actor)
      for (let i = 0; i < 7; i++) {
        yield* pass(actor, "31 minutes")
        yield* runSyncs(actor)
      }
      const source = yield* (yield* SyncSources).get(actor.organizationId, sourceId)
      assert.deepStrictEqual([source.syncStatus, source.progress], ["FAILED", null])
      const sql = yield* SqlClient.SqlClient
      const kept = yield* sql`SELECT 1 FROM sync_profiles WHERE organization_id = ${actor.organizationId}::uuid`
      assert.deepStrictEqual(kept, [])
      yield* pass(actor, "31 minutes")
      yield* runSyncs(actor)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a", "b", "c"])
    })
  )

  it.effect("ends the sync of an audience that is archived", () =>
    Effect.gen(function* () {
      const listId = freshList()
      klaviyo.has(listId, [profile("a")])
      const { actor, audience, sourceId } = yield* freshSynced(listId)
      yield* (yield* Syncs).start(actor, audience.id)
      yield* (yield* Audiences).archive(actor, audience.id)
      yield* runSyncs(actor)
      yield* (yield* Syncs).enqueueDue
      const source = yield* (yield* SyncSources).get(actor.organizationId, sourceId)
      assert.deepStrictEqual([source.syncStatus, source.progress], ["FAILED", null])
      assert.strictEqual((yield* Effect.flip((yield* Syncs).start(actor, audience.id)))._tag, "AudienceArchived")
    })
  )

  it.effect("goes on however often the vendor is away, as long as it comes further each time", () =>
    Effect.gen(function* () {
      const listId = freshList()
      const names = Array.from({ length: 22 }, (_, i) => `n${String(i).padStart(2, "0")}`)
      const list = klaviyo.has(
        listId,
        names.map((name) => profile(name))
      )
      list.incidents = names.map((_, i) =>
        i % 2 === 0 ? null : new VendorUnavailable({ message: "away", retryAfter: null })
      )
      const { actor, audience } = yield* freshSynced(listId)
      yield* (yield* Syncs).start(actor, audience.id)
      yield* runSyncs(actor)
      for (let i = 0; i < 10; i++) {
        yield* pass(actor, "31 seconds")
        yield* runSyncs(actor)
      }
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), names)
    })
  )

  it.effect("finds a sync whose job was lost", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const listId = freshList()
      klaviyo.has(listId, [profile("a")])
      const { actor, audience } = yield* freshSynced(listId)
      yield* (yield* Syncs).start(actor, audience.id)
      yield* pass(actor, "1 second")
      assert.strictEqual((yield* jobsOf(actor.organizationId)).length, 1)
      yield* sql`UPDATE sync_runs SET updated_at = now() - interval '31 seconds' WHERE organization_id = ${actor.organizationId}::uuid`
      yield* pass(actor, "1 second")
      assert.strictEqual((yield* jobsOf(actor.organizationId)).length, 2)
      yield* runSyncs(actor)
      assert.deepStrictEqual(yield* memberIds(actor, audience.id), ["a"])
    })
  )
})
