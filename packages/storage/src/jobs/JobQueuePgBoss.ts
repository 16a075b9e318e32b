import { AudienceId } from "@audiences/domain/AudienceId"
import { ImportId } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { SyncSourceId } from "@audiences/domain/SyncSource"
import { type Job, JobQueue } from "@audiences/engine/jobs/JobQueue"
import { Cause, Context, Duration, Effect, Exit, Layer, Redacted, Schema, type Scope, Struct } from "effect"
import { PgBoss, type Queue } from "pg-boss"

const StoredJob = Schema.Union([
  Schema.TaggedStruct("Refresh", { organizationId: OrganizationId, audienceId: AudienceId }),
  Schema.TaggedStruct("Import", { organizationId: OrganizationId, importId: ImportId }),
  Schema.TaggedStruct("Rfm", { organizationId: OrganizationId }),
  Schema.TaggedStruct("Sync", { organizationId: OrganizationId, syncSourceId: SyncSourceId })
])

const decodeJob = Schema.decodeUnknownEffect(StoredJob)

const queueNames: { readonly [Tag in Job["_tag"]]: string } = {
  Refresh: "refreshes",
  Import: "imports",
  Rfm: "rfm",
  Sync: "syncs"
}

/** Jobs of each kind that this process runs at a time. Syncs mostly wait for vendors. */
const places: { readonly [Tag in Job["_tag"]]: number } = { Refresh: 2, Import: 2, Rfm: 2, Sync: 8 }

/** What equal jobs have in common. */
const keyOf = (job: Job): string => {
  switch (job._tag) {
    case "Refresh":
      return `${job.organizationId}/${job.audienceId}`
    case "Import":
      return `${job.organizationId}/${job.importId}`
    case "Rfm":
      return job.organizationId
    case "Sync":
      return `${job.organizationId}/${job.syncSourceId}`
  }
}

const queueOptions: Omit<Queue, "name"> = {
  // Of equal jobs one waits and one runs: what is asked for while one runs is done after it.
  policy: "stately",
  // Wakes a worker at once, wherever it runs.
  notify: true,
  // A worker that is silent for so long is dead, and its job goes to another. The least that pg-boss takes.
  heartbeatSeconds: 10,
  // The most that pg-boss takes. A living worker's job is not late.
  expireInSeconds: 24 * 60 * 60,
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  deleteAfterSeconds: 24 * 60 * 60
}

/** How often silent workers are looked for. */
const superviseSeconds = 3

/** How long a worker waits when no job was announced, unless told: announcements can be lost with a connection. */
const usualPoll = Duration.seconds(2)

/** The least grace that pg-boss takes, in milliseconds: by then every job has ended, or been interrupted. */
const stopMillis = 1000

const settings = (options: JobQueueOptions) => ({
  connectionString: Redacted.value(options.url),
  application_name: "audiences-jobs",
  schema: options.schema ?? "jobs",
  max: 4,
  schedule: false,
  registerInstance: false,
  useListenNotify: true,
  superviseIntervalSeconds: superviseSeconds,
  monitorIntervalSeconds: superviseSeconds
})

export interface JobQueueOptions {
  readonly url: Redacted.Redacted<string>
  /** The schema that is the queue's own; made if it is not there. */
  readonly schema?: string
  /** How long running jobs may go on when the work is to end, 2 seconds unless told; then they are interrupted, and go on where they were when they are taken up again. */
  readonly drain?: Duration.Input
  /** How often workers look for jobs that were not announced, every 2 seconds unless told. */
  readonly poll?: Duration.Input
}

const promise = <A>(run: () => Promise<A>) => Effect.orDie(Effect.tryPromise(run))

const ensureQueue = async (boss: PgBoss, name: string): Promise<void> => {
  await boss.createQueue(name, { name, ...queueOptions } as Queue)
  const { policy: _, ...changeable } = queueOptions
  await boss.updateQueue(name, changeable)
}

const startBoss = Effect.fnUntraced(function* (options: JobQueueOptions) {
  const context = yield* Effect.context<never>()
  const log = (effect: Effect.Effect<void>) => void Effect.runForkWith(context)(effect)
  const boss = new PgBoss(settings(options))
  // A database that is away is reported, and waited for: it must not end the process. The error itself holds a whole connection.
  boss.on("error", ({ message }) => log(Effect.logWarning("job queue", message)))
  boss.on("warning", ({ message }) => log(Effect.logDebug("job queue", message)))
  yield* promise(async () => {
    await boss.start()
    for (const name of Object.values(queueNames)) await ensureQueue(boss, name)
  })
  return boss
})

class JobInterrupted extends Error {
  override readonly name = "JobInterrupted"
}

/** Runs what pg-boss hands out, and makes its outcome one that pg-boss understands: a rejected promise is tried again. */
const runner =
  (context: Context.Context<never>, handler: (job: Job) => Effect.Effect<void>, stopping: AbortSignal) =>
  async (
    jobs: ReadonlyArray<{ readonly id: string; readonly data: object; readonly signal: AbortSignal }>
  ): Promise<void> => {
    for (const { data, signal } of jobs) {
      const run = decodeJob(data).pipe(
        Effect.orDie,
        Effect.flatMap(handler),
        Effect.tapCause((cause) => (Cause.hasInterrupts(cause) ? Effect.void : Effect.logError("job failed", cause))),
        Effect.annotateLogs({ job: data })
      )
      const exit = await Effect.runPromiseExitWith(context)(run, { signal: AbortSignal.any([signal, stopping]) })
      if (Exit.isFailure(exit)) {
        throw Cause.hasInterrupts(exit.cause) ? new JobInterrupted("interrupted") : new Error(Cause.pretty(exit.cause))
      }
    }
  }

/** Takes no more jobs, gives the running ones `drain`, then interrupts them. */
const stopWork = (
  boss: PgBoss,
  workers: ReadonlyArray<readonly [queue: string, id: string]>,
  stopping: AbortController,
  drain: Duration.Input
) => {
  const off = promise(() => Promise.all(workers.map(([name, id]) => boss.offWork(name, { id, wait: true }))))
  return Effect.interruptible(off).pipe(
    Effect.timeoutOrElse({
      duration: drain,
      orElse: () =>
        Effect.andThen(
          Effect.sync(() => stopping.abort()),
          off
        )
    })
  )
}

const workWith =
  (boss: PgBoss, options: JobQueueOptions) =>
  (handler: (job: Job) => Effect.Effect<void>): Effect.Effect<void, never, Scope.Scope> =>
    Effect.gen(function* () {
      const context = yield* Effect.context<never>()
      const stopping = new AbortController()
      const pollSeconds = Duration.toSeconds(options.poll ?? usualPoll)
      const polling = { pollingIntervalSeconds: pollSeconds, notifyPollingIntervalSeconds: pollSeconds }
      const workers: Array<readonly [queue: string, id: string]> = []
      const run = runner(context, handler, stopping.signal)
      yield* Effect.addFinalizer(() => stopWork(boss, workers, stopping, options.drain ?? "2 seconds"))
      yield* promise(async () => {
        for (const tag of Struct.keys(queueNames)) {
          const name = queueNames[tag]
          for (let i = 0; i < places[tag]; i++) {
            const id: string = await boss.work<object>(
              name,
              polling,
              // After a job, the next one that waits: none may be announced for it, and pg-boss bursts only in batches.
              (jobs) => run(jobs).finally(() => boss.notifyWorker(id))
            )
            workers.push([name, id])
          }
        }
      })
    })

/** The job queue on PostgreSQL, by pg-boss. Several processes may share it; each job is run by one of them. */
export const JobQueuePgBoss = (options: JobQueueOptions) =>
  Layer.effect(
    JobQueue,
    Effect.gen(function* () {
      const boss = yield* Effect.acquireRelease(startBoss(options), (boss) =>
        promise(() => boss.stop({ graceful: true, timeout: stopMillis }))
      )
      return JobQueue.of({
        enqueue: Effect.fn("JobQueue.enqueue")((job: Job) =>
          Effect.asVoid(promise(() => boss.send(queueNames[job._tag], job, { singletonKey: keyOf(job) })))
        ),
        work: workWith(boss, options)
      })
    })
  )
