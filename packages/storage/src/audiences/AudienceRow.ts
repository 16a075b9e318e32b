import { Audience } from "@audiences/domain/Audience"
import { Schema, String, Struct } from "effect"
import type { SqlClient } from "effect/sql"

const instant = Schema.NullOr(Schema.DateTimeUtcFromDate)

/** An audience as `audienceColumns` reads it. */
export const AudienceRow = Schema.Struct({
  ...Audience.fields,
  lastRefreshedAt: instant,
  primaryLastSyncedAt: instant,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: instant
})

/** The columns that `AudienceRow` is read from, as `a.<column>`. */
export const audienceColumns = (sql: SqlClient.SqlClient) =>
  sql.literal(
    Struct.keys(AudienceRow.fields)
      .map((name) => `a.${String.camelToSnake(name)}`)
      .join(", ")
  )

export const decodeAudiences = Schema.decodeUnknownEffect(Schema.Array(AudienceRow))
