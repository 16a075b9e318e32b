import { AudienceId } from "@audiences/domain/AudienceId"
import { ImportId } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { type Job, JobQueue } from "@audiences/engine/jobs/JobQueue"
import { JobQueuePgBoss } from "@audiences/storage/jobs/JobQueuePgBoss"
import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Duration, Effect, Fiber, Layer, Queue, Redacted, Ref, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { childProgram } from "../ChildProgram.ts"

const hangingWorker = fileURLToPath(new URL("hangingWorker.ts", import.meta.url))

const uuid = Effect.flatMap(Effect.service(Uuid), (next) => next)

const importJob = Effect.gen(function* () {
  return {
    _tag: "Import",
    organizationId: OrganizationId.make(yield* uuid),
    importId: ImportId.make(yield* uuid)
  } as const satisfies Job
})

/** A queue in a schema of its own, so that no test sees another's jobs. */
const freshQueue = (options: { readonly drain?: Duration.Input; readonly poll?: Duration.Input } = {}) =>
  Effect.gen(function* () {
    const schema = `jobs_${(yield* uuid).replaceAll("-", "")}`
    const context = yield* Layer.build(
      JobQueuePgBoss({ url: Redacted.make(inject("postgresUrl")), schema, ...options })
    )
    return { schema, queue: Context.get(context, JobQueue) }
  })

const within = <A, E, R>(duration: Duration.Input, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.timeoutOrElse({
      duration,
      orElse: () => Effect.die(new Error(`not within ${Duration.format(Duration.fromInputUnsafe(duration))}`))
    })
  )

/** Far longer than it takes, on a machine that is busy with something else. */
const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>) => within("30 seconds", effect)

layer(PostgresTest, { excludeTestServices: true })("JobQueuePgBoss", (it) => {
  it.effect("is told of a job that is enqueued, whoever enqueued it", () =>
    Effect.gen(function* () {
      const { queue } = yield* freshQueue({ poll: "10 minutes" })
      const taken = yield* Queue.unbounded<Job>()
      yield* queue.work((job) => Queue.offer(taken, job))
      const job = yield* importJob
      const refresh = {
        _tag: "Refresh",
        organizationId: job.organizationId,
        audienceId: AudienceId.make(job.importId)
      } as const
      yield* queue.enqueue(job)
      assert.deepStrictEqual(yield* patiently(Queue.take(taken)), job)
      yield* queue.enqueue(refresh)
      assert.deepStrictEqual(yield* patiently(Queue.take(taken)), refresh)
    })
  )

  it.effect("runs a backlog job after job, without a pause for each", () =>
    Effect.gen(function* () {
      const { queue } = yield* freshQueue()
      const taken = yield* Queue.unbounded<Job>()
      const jobs = yield* Effect.forEach(Array.from({ length: 30 }), () => importJob)
      yield* Effect.forEach(jobs, queue.enqueue)
      yield* queue.work((job) => Queue.offer(taken, job))
      // Two workers that slept two seconds after each job would take half a minute.
      const done = yield* within(
        "15 seconds",
        Effect.forEach(jobs, () => Queue.take(taken))
      )
      assert.sameDeepMembers(done, jobs)
    })
  )

  it.effect("lets a job that waits stand for its equals, and runs one that is asked for meanwhile afterwards", () =>
    Effect.gen(function* () {
      const { queue } = yield* freshQueue()
      const started = yield* Queue.unbounded<string>()
      const goOn = yield* Deferred.make<void>()
      const running = yield* Ref.make(0)
      const job = yield* importJob
      const last = yield* importJob
      for (let i = 0; i < 3; i++) yield* queue.enqueue(job)
      yield* queue.work((each) =>
        Effect.gen(function* () {
          yield* Queue.offer(started, each.organizationId)
          if (each.organizationId !== job.organizationId) return
          assert.strictEqual(yield* Ref.updateAndGet(running, (n) => n + 1), 1)
          yield* Deferred.await(goOn)
          yield* Ref.update(running, (n) => n - 1)
        })
      )
      assert.strictEqual(yield* patiently(Queue.take(started)), job.organizationId)
      // Two more while it runs: one of them is to follow. The other organization's does not wait for it.
      yield* queue.enqueue(job)
      yield* queue.enqueue(job)
      yield* queue.enqueue(last)
      assert.strictEqual(yield* patiently(Queue.take(started)), last.organizationId)
      yield* Deferred.succeed(goOn, undefined)
      assert.strictEqual(yield* patiently(Queue.take(started)), job.organizationId)
      yield* Effect.sleep("300 millis")
      assert.strictEqual(yield* Queue.size(started), 0)
    })
  )

  it.effect("tries a job again that failed", () =>
    Effect.gen(function* () {
      const { queue } = yield* freshQueue()
      const tries = yield* Ref.make(0)
      const done = yield* Deferred.make<void>()
      yield* queue.work(() =>
        Effect.flatMap(
          Ref.updateAndGet(tries, (n) => n + 1),
          (n) => (n < 2 ? Effect.die(new Error("first try")) : Effect.asVoid(Deferred.succeed(done, undefined)))
        )
      )
      yield* queue.enqueue(yield* importJob)
      yield* patiently(Deferred.await(done))
    })
  )

  it.effect("waits for running jobs when the work ends, and leaves those that take longer to be taken up again", () =>
    Effect.gen(function* () {
      const { queue } = yield* freshQueue({ drain: "400 millis" })
      const quick = yield* importJob
      const slow = yield* importJob
      const started = yield* Queue.unbounded<Job>()
      const ended = yield* Queue.unbounded<Job>()
      const first = yield* Scope.make()
      yield* queue
        .work((job) =>
          Effect.gen(function* () {
            yield* Queue.offer(started, job)
            yield* Effect.sleep(job.organizationId === quick.organizationId ? "300 millis" : "1 hour")
            yield* Queue.offer(ended, job)
          })
        )
        .pipe(Scope.provide(first))
      yield* queue.enqueue(quick)
      yield* queue.enqueue(slow)
      yield* patiently(Effect.andThen(Queue.take(started), Queue.take(started)))
      yield* patiently(Scope.close(first, yield* Effect.exit(Effect.void)))
      assert.deepStrictEqual(yield* Queue.takeAll(ended), [quick])
      yield* queue.work((job) => Queue.offer(ended, job))
      assert.deepStrictEqual(yield* patiently(Queue.take(ended)), slow)
    })
  )

  it.effect("goes on when all its connections are cut", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { queue } = yield* freshQueue()
      const taken = yield* Queue.unbounded<Job>()
      yield* queue.work((job) => Queue.offer(taken, job))
      yield* queue.enqueue(yield* importJob)
      yield* patiently(Queue.take(taken))
      yield* sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'audiences-jobs' AND datname = current_database()`
      const job = yield* importJob
      yield* patiently(Effect.eventually(Effect.sandbox(queue.enqueue(job))))
      assert.deepStrictEqual(yield* patiently(Queue.take(taken)), job)
    })
  )

  it.effect(
    "gives the job of a worker that was killed to another",
    () =>
      Effect.gen(function* () {
        const { queue, schema } = yield* freshQueue()
        const job = yield* importJob
        const child = yield* childProgram(hangingWorker, [inject("postgresUrl"), schema])
        yield* queue.enqueue(job)
        yield* patiently(child.said("took Import"))
        yield* child.kill
        const taken = yield* Queue.unbounded<Job>()
        yield* queue.work((each) => Queue.offer(taken, each))
        const waiting = yield* Effect.forkScoped(Queue.take(taken))
        assert.deepStrictEqual(yield* within("50 seconds", Fiber.join(waiting)), job)
      }),
    120_000
  )
})
