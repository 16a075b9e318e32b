import { Gate } from "@audiences/engine/gate/Gate"
import { GateKeeper } from "@audiences/engine/gate/GateKeeper"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { GateRepoSql } from "@audiences/storage/gate/GateRepoSql"
import { PublicationFeedSql } from "@audiences/storage/memberships/PublicationFeedSql"
import { Effect, Layer } from "effect"

/** A gate with a memory of its own, as each process has one, on the SQL client it is given. */
export const GateProcess = Layer.fresh(
  Gate.layer.pipe(Layer.provide(GateKeeper.layer), Layer.provide([GateRepoSql, DatabaseClockSql, PublicationFeedSql]))
)

/** Asks again until the answer is as wanted; a test that waits too long times out. */
export const until = <A, E, R>(
  asking: Effect.Effect<A, E, R>,
  wanted: (answer: A) => boolean
): Effect.Effect<A, E, R> =>
  Effect.flatMap(asking, (answer) =>
    wanted(answer) ? Effect.succeed(answer) : Effect.andThen(Effect.sleep("10 millis"), until(asking, wanted))
  )
