import { Context } from "effect"

/** What a gate may take. */
export const GateLimits = Context.Reference<{
  /** Of memory, for memberships and the ids of consumers. */
  readonly bytes: number
  /** Milliseconds that an answer waits for the database. */
  readonly patienceMillis: number
  /** Milliseconds between looks at what was published. */
  readonly lookEveryMillis: number
}>("@audiences/engine/GateLimits", {
  defaultValue: () => ({ bytes: 512 * 1024 ** 2, patienceMillis: 1000, lookEveryMillis: 250 })
})
