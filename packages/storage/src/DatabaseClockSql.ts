import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ now: Schema.DateTimeUtcFromDate })]))

export const DatabaseClockSql = Layer.effect(
  DatabaseClock,
  Effect.map(SqlClient.SqlClient, (sql) =>
    DatabaseClock.of({
      now: sql`SELECT clock_timestamp() AS now`.pipe(
        Effect.flatMap(decode),
        Effect.map(([{ now }]) => now),
        Effect.orDie,
        Effect.withSpan("DatabaseClock.now")
      )
    })
  )
)
