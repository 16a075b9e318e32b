import { Migrations } from "@audiences/storage/Migrations"
import { EmbeddedPostgres } from "@audiences/storage/postgres/EmbeddedPostgres"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { Effect, Layer, Option, type Redacted } from "effect"
import { Configuration } from "./Configuration.ts"

const upToDate = (url: Redacted.Redacted<string>) => Layer.provideMerge(Migrations, Postgres({ url }))

const Embedded = Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => upToDate(url)))

/** The database, up to date: the configured one, else an embedded one that starts and ends with this layer. */
export const Database = Layer.unwrap(Effect.map(Configuration, ({ databaseUrl, dataDir }) =>
  Option.match(databaseUrl, {
    onSome: upToDate,
    onNone: () => Layer.provide(Embedded, EmbeddedPostgres.layer({ dataDir }))
  })))
