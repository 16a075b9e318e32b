import { Migrations } from "@audiences/storage/Migrations"
import { EmbeddedPostgres } from "@audiences/storage/postgres/EmbeddedPostgres"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { Context, Effect, Layer, Option, type Redacted } from "effect"
import { Configuration } from "./Configuration.ts"

/** Where the database is, for what needs connections of its own. */
export class DatabaseUrl extends Context.Service<DatabaseUrl, Redacted.Redacted<string>>()(
  "@audiences/server/DatabaseUrl"
) {}

const Located = Layer.unwrap(
  Effect.map(Configuration, ({ databaseUrl, dataDir }) =>
    Option.match(databaseUrl, {
      onSome: (url) => Layer.succeed(DatabaseUrl, url),
      onNone: () =>
        Layer.effect(
          DatabaseUrl,
          Effect.map(EmbeddedPostgres, ({ url }) => url)
        ).pipe(Layer.provide(EmbeddedPostgres.layer({ dataDir })))
    })
  )
)

const Connected = Layer.unwrap(Effect.map(DatabaseUrl, (url) => Postgres({ url })))

/** The database, up to date: the configured one, else an embedded one that starts and ends with this layer. */
export const Database = Migrations.pipe(Layer.provideMerge(Connected), Layer.provideMerge(Located))
