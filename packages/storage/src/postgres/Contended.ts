import { Effect, Schedule } from "effect"
import { SqlError, type SqlClient } from "effect/sql"

/** Losses of a race that the next try sees coming: what the winner wrote is then there to be read. */
const lostRaces: ReadonlySet<string> = new Set(["UniqueViolation", "DeadlockError", "SerializationError"])

/**
 * Runs a transaction again when another one was faster. Bounded: ten losses in a row are a defect of ours. The transaction must
 * read what it decides by.
 */
export const contended =
  (sql: SqlClient.SqlClient) =>
  <A, E, R>(transaction: Effect.Effect<A, E, R>) =>
    sql.withTransaction(transaction).pipe(
      Effect.retry({
        while: (error) => SqlError.isSqlError(error) && lostRaces.has(error.reason._tag),
        times: 10,
        schedule: Schedule.jittered(Schedule.exponential("5 millis", 1.5))
      })
    )
