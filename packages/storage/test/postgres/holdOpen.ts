// Runs the embedded PostgreSQL of the data directory given as argument, until it is killed.
import { Effect, Logger, Redacted } from "effect"
import { EmbeddedPostgres } from "../../src/postgres/EmbeddedPostgres.ts"

const dataDir = process.argv[2] ?? ""

const program = Effect.gen(function* () {
  const { directory, url } = yield* EmbeddedPostgres
  console.log(JSON.stringify({ url: Redacted.value(url), directory }))
  return yield* Effect.never
}).pipe(
  Effect.provide(EmbeddedPostgres.layer({ dataDir })),
  Effect.provide(Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])),
  Effect.catch((error) => Effect.sync(() => console.log(JSON.stringify({ error: error.message }))))
)

const fiber = Effect.runFork(program)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fiber.interruptUnsafe())
