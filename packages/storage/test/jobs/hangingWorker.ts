// A worker that takes jobs and never ends one. Prints a line for each that it took.
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { JobQueuePgBoss } from "@audiences/storage/jobs/JobQueuePgBoss"
import { Console, Effect, Redacted } from "effect"

const [, , url, schema] = process.argv

const program = Effect.gen(function* () {
  const queue = yield* JobQueue
  yield* queue.work((job) => Effect.andThen(Console.log(`took ${job._tag}`), Effect.never))
  yield* Effect.never
})

await Effect.runPromise(
  program.pipe(Effect.scoped, Effect.provide(JobQueuePgBoss({ url: Redacted.make(url!), schema: schema! })))
)
