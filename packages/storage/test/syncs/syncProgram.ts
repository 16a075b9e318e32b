// Runs one sync against a list of made-up people, prints a line for each checkpoint, and stays at the one it is told to stay at.
import { OrganizationId } from "@audiences/domain/Organization"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { SyncRepo } from "@audiences/engine/syncs/SyncRepo"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { PublicationFeedSql } from "@audiences/storage/memberships/PublicationFeedSql"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { SyncRepoSql } from "@audiences/storage/syncs/SyncRepoSql"
import { Console, Effect, Layer, Redacted } from "effect"
import { ScriptedVendor, scriptedConnectors, scriptedIntegrations } from "../../../../tools/vitest/ScriptedVendor.ts"
import { madeUp } from "./madeUp.ts"

const [, , url, organizationId, syncSourceId, listId, stayAt] = process.argv

const vendor = new ScriptedVendor("klaviyo")
vendor.has(listId!, madeUp, { pageSize: 250 })

/** Whoever kills it there finds it there, however slow the machine is. */
const tell = (checkpoint: string) =>
  Effect.andThen(Console.log(checkpoint), checkpoint === stayAt ? Effect.never : Effect.void)

const telling = Layer.effect(
  SyncRepo,
  Effect.map(SyncRepo, (repo) =>
    SyncRepo.of({
      ...repo,
      stage: (...page) => Effect.tap(repo.stage(...page), tell(`staged ${page[0].step}`)),
      apply: (...chunk) => Effect.tap(repo.apply(...chunk), tell(`applied ${chunk[0].step}`)),
      publish: (...those) => Effect.tap(repo.publish(...those), tell("published"))
    })
  )
)

const layer = Syncs.layer.pipe(
  Layer.provide(telling),
  Layer.provide(SyncRepoSql),
  Layer.provide([scriptedConnectors([vendor]), scriptedIntegrations([vendor])]),
  Layer.provide(Layer.succeed(JobQueue, JobQueue.of({ enqueue: () => Effect.void, work: () => Effect.void }))),
  Layer.provide(DatabaseClockSql),
  Layer.provide(PublicationFeedSql),
  Layer.provide(Postgres({ url: Redacted.make(url!), maxConnections: 3 }))
)

await Effect.runPromise(
  Effect.flatMap(Syncs, (syncs) =>
    syncs.run({
      organizationId: OrganizationId.make(organizationId!),
      syncSourceId: SyncSourceId.make(syncSourceId!)
    })
  ).pipe(Effect.provide(layer))
)
