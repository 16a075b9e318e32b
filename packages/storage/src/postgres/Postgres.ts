import { PgClient } from "@effect/sql-pg"
import { type Redacted, String } from "effect"

/**
 * The SQL client of every repository. Columns are snake_case in the database and camelCase in code; keys inside jsonb are the
 * callers' own and stay as they are.
 */
export const Postgres = (options: { readonly url: Redacted.Redacted<string>; readonly maxConnections?: number }) =>
  PgClient.layer({
    url: options.url,
    maxConnections: options.maxConnections ?? 20,
    applicationName: "audiences",
    transformQueryNames: String.camelToSnake,
    transformResultNames: String.snakeToCamel,
    transformJson: false
  })
