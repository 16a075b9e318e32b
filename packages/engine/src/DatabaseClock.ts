import { Context, type DateTime, type Effect } from "effect"

/** The clock that decides what "now" means in rules: the database's, so that every process agrees. */
export class DatabaseClock extends Context.Service<
  DatabaseClock,
  {
    readonly now: Effect.Effect<DateTime.Utc>
  }
>()("@audiences/engine/DatabaseClock") {}
