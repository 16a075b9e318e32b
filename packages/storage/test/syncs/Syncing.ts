import type { Actor } from "@audiences/domain/Actor"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { SyncSources } from "@audiences/engine/syncs/SyncSources"
import { SyncRepoSql } from "@audiences/storage/syncs/SyncRepoSql"
import { SyncSourceRepoSql } from "@audiences/storage/syncs/SyncSourceRepoSql"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ScriptedVendor, scriptedConnectors, scriptedIntegrations } from "../../../../tools/vitest/ScriptedVendor.ts"
import { freshActor, Jobs, makeAudience, ServiceTest } from "../Service.ts"

export const klaviyo = new ScriptedVendor("klaviyo")
export const mailchimp = new ScriptedVendor("mailchimp")

/** Properties of scripted profiles that become metadata. */
const properties = { plan: "plan", "Favourite colours": "colours" }

const UseCases = Layer.mergeAll(Syncs.layer, SyncSources.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(SyncRepoSql, SyncSourceRepoSql)),
  Layer.provideMerge(scriptedConnectors([klaviyo, mailchimp])),
  Layer.provideMerge(scriptedIntegrations([klaviyo, mailchimp], properties))
)

/** Syncs with scripted vendors over the test database; jobs wait until a test runs them. */
export const SyncsTest = UseCases.pipe(Layer.provideMerge(ServiceTest))

let lists = 0

/** A list of a name that no other test has. */
export const freshList = () => `L${++lists}`

/** An audience that is to be kept equal to a list. */
export const syncedAudience = (actor: Actor, listId: string, more: object = {}, vendor = "klaviyo") =>
  makeAudience(actor, {
    type: "SYNCED_LIST",
    primarySyncSource: { syncSource: `${vendor}:list`, syncSourceId: listId },
    ...more
  })

export const freshSynced = Effect.fnUntraced(function* (listId: string, more: object = {}, vendor = "klaviyo") {
  const actor = yield* freshActor
  const audience = yield* syncedAudience(actor, listId, more, vendor)
  return { actor, audience, sourceId: SyncSourceId.make(audience.primarySyncSource!.id) }
})

/** Runs the syncs that wait for the organization, and what they ask for, until nothing waits. */
export const runSyncs = Effect.fnUntraced(function* ({ organizationId }: Actor) {
  const { waiting } = yield* Jobs
  const syncs = yield* Syncs
  for (;;) {
    const next = waiting.findIndex((job) => job._tag === "Sync" && job.organizationId === organizationId)
    if (next === -1) return
    const [job] = waiting.splice(next, 1)
    if (job?._tag === "Sync") yield* syncs.run(job)
  }
})

/** Asks for a sync, and runs it. */
export const sync = Effect.fnUntraced(function* (actor: Actor, audienceId: AudienceId) {
  const { syncSourceId } = yield* (yield* Syncs).start(actor, audienceId)
  yield* runSyncs(actor)
  return yield* (yield* SyncSources).get(actor.organizationId, SyncSourceId.make(syncSourceId))
})

/** The members of an audience by the ids that the vendor gave them, from rows and from bits, which must agree. */
export const memberIds = Effect.fnUntraced(function* ({ organizationId }: Actor, audienceId: AudienceId) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ id: string; ordinal: number }>`
    SELECT coalesce(c.primary_external_id, c.email, c.phone) AS id, c.ordinal FROM static_members m
    JOIN consumers c ON c.organization_id = m.organization_id AND c.ordinal = m.ordinal
    WHERE m.organization_id = ${organizationId}::uuid AND m.audience_id = ${audienceId}::uuid ORDER BY 1`
  const bits = yield* sql<{ ordinal: number }>`
    SELECT c.ordinal FROM consumers c JOIN audience_blocks b
      ON b.organization_id = c.organization_id AND b.block = c.ordinal >> 16 AND get_bit(b.bits, c.ordinal & 65535) = 1
    WHERE c.organization_id = ${organizationId}::uuid AND b.audience_id = ${audienceId}::uuid ORDER BY 1`
  const ordinals = rows.map(({ ordinal }) => ordinal).toSorted((a, b) => a - b)
  if (JSON.stringify(ordinals) !== JSON.stringify(bits.map(({ ordinal }) => ordinal))) {
    return yield* Effect.die(new Error("rows and bits of the membership differ"))
  }
  return rows.map(({ id }) => id)
})

/** The versions of an audience, oldest first. */
export const versionsOf = Effect.fnUntraced(function* (id: AudienceId) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ cause: string; enteredCount: number; leftCount: number }>`
    SELECT cause, entered_count, left_count FROM audience_versions WHERE audience_id = ${id}::uuid ORDER BY version`
})
