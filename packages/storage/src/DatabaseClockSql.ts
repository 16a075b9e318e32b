import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ now: Schema.DateTimeUtcFromDate })]))

/** The database's clock, to the millisecond; inside a transaction too it goes on. */
export const databaseNow = (sql: SqlClient.SqlClient) =>
  sql`SELECT clock_timestamp() AS now`.pipe(
    Effect.flatMap(decode),
    Effect.map(([{ now }]) => now),
    Effect.orDie
  )

export const DatabaseClockSql = Layer.effect(
  DatabaseClock,
  Effect.map(SqlClient.SqlClient, (sql) =>
    DatabaseClock.of({ now: Effect.withSpan(databaseNow(sql), "DatabaseClock.now") })
  )
)
