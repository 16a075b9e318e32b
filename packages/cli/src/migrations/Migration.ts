import { Array, Effect, Option, Stream } from "effect"
import type { AudienceFull } from "@audiences/domain/Audience"
import { Progress } from "../output/Progress.ts"
import { copyAudience, declarationOf, earlierCopies, sourceAudiences } from "./AudienceCopy.ts"
import { carriedConsumer, isNameless } from "./CarriedConsumer.ts"
import type { checkpointFile } from "./Checkpoint.ts"
import { copyConsumers, type Rejection, sourceConsumers } from "./ConsumerCopy.ts"
import { compareCounts } from "./CountComparison.ts"
import { copyMembers } from "./MemberCopy.ts"
import { type AudienceReport, maxRejections, type MigrationReport } from "./MigrationReport.ts"

export interface MigrationOptions {
  readonly dryRun: boolean
  /** SYNCED_LISTs become STATIC_LISTs with the members of now. */
  readonly copySynced: boolean
  readonly checkpoint: Effect.Success<ReturnType<typeof checkpointFile>>
}

/** What would become of consumers, as far as it can be told without asking this server. */
const tried = (consumers: ReadonlyArray<Parameters<typeof carriedConsumer>[0]>) =>
  Effect.succeed({
    ids: [],
    rejections: consumers.flatMap((consumer): ReadonlyArray<Rejection> => {
      const body = carriedConsumer(consumer)
      return body._tag === "Failure" ? [{ sourceId: consumer.id, reason: body.failure }] : []
    })
  })

const migrateConsumers = Effect.fn("migrations.consumers")(function* ({ checkpoint, dryRun }: MigrationOptions) {
  const progress = yield* Progress
  const rejections: Array<Rejection> = []
  let read = 0,
    rejected = 0,
    withoutIdentifier = 0
  const since = dryRun ? Option.none() : yield* checkpoint.read
  yield* Stream.runForEach(sourceConsumers(since), (consumers) =>
    Effect.gen(function* () {
      const copied = yield* dryRun ? tried(consumers) : copyConsumers(consumers)
      read += consumers.length
      rejected += copied.rejections.length
      withoutIdentifier += consumers.filter(isNameless).length
      rejections.push(...copied.rejections.slice(0, maxRejections - rejections.length))
      if (!dryRun) yield* checkpoint.write(Array.lastNonEmpty(consumers).createdAt)
      yield* progress.show({
        label: dryRun ? "Reading" : "Copying",
        details: [`${read.toLocaleString("en-US")} consumers`]
      })
    })
  ).pipe(Effect.ensuring(progress.end))
  return { read, copied: read - rejected, rejected, withoutIdentifier, rejections }
})

const migrateAudience = Effect.fn("migrations.audience")(function* (
  source: AudienceFull,
  found: AudienceFull | undefined,
  { copySynced, dryRun }: MigrationOptions
) {
  const asStatic = copySynced && source.type === "SYNCED_LIST"
  const declared = declarationOf(source, asStatic)
  const { action, id, notes } = yield* copyAudience(declared, found, dryRun)
  const isList = declared.type === "STATIC_LIST" && action !== "refused" && found?.archived !== true
  const missing = isList && id !== undefined && !dryRun ? yield* copyMembers(source.id, id) : 0
  return {
    sourceId: source.id,
    id: id ?? null,
    name: source.name,
    type: asStatic ? "STATIC_LIST" : source.type,
    action,
    notes: [...notes, ...(missing > 0 ? [`${missing} of its members were rejected`] : [])]
  } as const
})

/** Copies what a server has to the one that the command speaks to. Again, it does only what is new. */
export const runMigration = Effect.fn("migrations.run")(function* (
  from: string,
  to: string,
  options: MigrationOptions
) {
  const progress = yield* Progress
  const sources = yield* sourceAudiences
  const copies = yield* earlierCopies
  const consumers = yield* migrateConsumers(options)
  const migrated = yield* Effect.forEach(sources, (source, i) =>
    progress
      .show({ label: "Audiences", percent: (100 * i) / sources.length, details: [source.name] })
      .pipe(Effect.andThen(migrateAudience(source, copies.get(source.id), options)))
  ).pipe(Effect.ensuring(progress.end))
  const audiences = yield* Effect.forEach(migrated, (each, i) =>
    Effect.gen(function* () {
      const { id, notes } = each
      const live = each.action === "refused" || copies.get(each.sourceId)?.archived === true ? undefined : id
      const counts = yield* compareCounts({ ...sources[i]!, type: each.type }, live ?? undefined, options.dryRun)
      return { ...each, ...counts, notes: [...notes, ...counts.notes] } satisfies AudienceReport as AudienceReport
    })
  )
  if (!options.dryRun) yield* options.checkpoint.remove
  return { from, to, dryRun: options.dryRun, consumers, audiences } satisfies MigrationReport as MigrationReport
})
