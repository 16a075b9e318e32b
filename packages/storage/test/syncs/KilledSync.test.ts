import type { Actor } from "@audiences/domain/Actor"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { SyncSources } from "@audiences/engine/syncs/SyncSources"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { childProgram } from "../ChildProgram.ts"
import { freshList, freshSynced, klaviyo, memberIds, sync, SyncsTest, versionsOf } from "./Syncing.ts"
import { madeUp } from "./madeUp.ts"

const program = fileURLToPath(new URL("syncProgram.ts", import.meta.url))

/** All that a sync wrote but ids, ordinals and times. */
const traces = Effect.fnUntraced(function* (actor: Actor, audienceId: AudienceId) {
  const sql = yield* SqlClient.SqlClient
  const consumers = yield* sql`
    SELECT email, phone, full_name, primary_external_id, primary_source_vendor FROM consumers
    WHERE organization_id = ${actor.organizationId}::uuid ORDER BY primary_external_id`
  return { consumers, members: yield* memberIds(actor, audienceId) }
})

layer(SyncsTest, { excludeTestServices: true })("A sync whose process is killed", (it) => {
  it.effect(
    "goes on where it was, and ends as one that was not",
    () =>
      Effect.gen(function* () {
        const listId = freshList()
        klaviyo.has(listId, madeUp, { pageSize: 250 })
        const undisturbed = yield* freshSynced(listId)
        const { sourceData } = yield* sync(undisturbed.actor, undisturbed.audience.id)
        const expected = yield* traces(undisturbed.actor, undisturbed.audience.id)
        assert.isAbove((sourceData!.sync as { conflicts: number }).conflicts, 0)

        const { actor, audience, sourceId } = yield* freshSynced(listId)
        yield* (yield* Syncs).start(actor, audience.id)
        const run = (stayAt = "") =>
          childProgram(program, [inject("postgresUrl"), actor.organizationId, sourceId, listId, stayAt])
        for (const checkpoint of ["staged 2", "staged 7", "applied 13"]) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const child = yield* run(checkpoint)
              yield* child.said(checkpoint)
              yield* child.kill
            })
          )
          assert.deepStrictEqual(yield* memberIds(actor, audience.id), [])
        }
        yield* Effect.scoped(Effect.flatMap(run(), ({ exited }) => exited))
        const source = yield* (yield* SyncSources).get(actor.organizationId, sourceId)
        assert.strictEqual(source.syncStatus, "SUCCESS")
        const counts = ({ sync }: Record<string, unknown>) => {
          const { created, conflicts, duplicates, profiles, repeated } = sync as Record<string, number>
          return { created, conflicts, duplicates, profiles, repeated }
        }
        assert.deepStrictEqual(counts(source.sourceData!), counts(sourceData!))
        assert.deepStrictEqual(yield* traces(actor, audience.id), expected)
        assert.strictEqual((yield* versionsOf(audience.id)).length, 1)
      }),
    120_000
  )
})
