import { Effect, Schema } from "effect"

/** The embedded PostgreSQL cannot be used. The message says what is wrong, where, and what to do. */
export class EmbeddedPostgresError extends Schema.TaggedError<EmbeddedPostgresError>()("EmbeddedPostgresError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** Runs work of the operating system; a failure reads "<what>: <the system's reason>". */
export const attempt = <A>(what: string, run: () => A | PromiseLike<A>): Effect.Effect<A, EmbeddedPostgresError> =>
  Effect.tryPromise({
    try: async () => run(),
    catch: (cause) =>
      new EmbeddedPostgresError({
        message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause
      })
  })
