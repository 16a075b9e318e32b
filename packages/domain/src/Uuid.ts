import { Context, Effect } from "effect"
import { uuidV7 } from "./UuidV7.ts"

/** The next id. A reference, so tests can make ids predictable. */
export const Uuid = Context.Reference<Effect.Effect<string>>("@audiences/domain/Uuid", {
  defaultValue: () => Effect.clockWith((clock) => Effect.sync(() => uuidV7(clock.currentTimeMillisUnsafe())))
})
