import { OrganizationId } from "@audiences/domain/Organization"
import { PublicationFeed } from "@audiences/engine/memberships/PublicationFeed"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Schedule, Schema, Stream } from "effect"

const channel = "audiences_publications"

const decode = Schema.decodeUnknownEffect(OrganizationId)

/** By LISTEN and NOTIFY. Whoever listens keeps one connection of the pool, and listens anew when it is lost. */
export const PublicationFeedSql = Layer.effect(
  PublicationFeed,
  Effect.map(PgClient.PgClient, (pg) =>
    PublicationFeed.of({
      announce: Effect.fn("PublicationFeed.announce")((organizationId) =>
        Effect.orDie(pg.notify(channel, organizationId.toLowerCase()))
      ),
      announcements: Stream.unwrap(Effect.map(pg.listen(channel), Stream.fromQueue)).pipe(
        Stream.mapEffect(({ payload }) => Effect.orDie(decode(payload))),
        Stream.tapError((error) =>
          Effect.logWarning("Announcements of publications broke off; listening anew", error.message)
        ),
        Stream.retry(Schedule.spaced("1 second")),
        Stream.orDie
      )
    })
  )
)
