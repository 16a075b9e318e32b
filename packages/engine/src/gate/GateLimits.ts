import { Context } from "effect"

/** What a gate may take. */
export interface GateLimits {
  /** Of memory, for memberships and the ids of consumers. */
  readonly bytes: number
  /** Milliseconds that an answer waits for the database. */
  readonly patienceMillis: number
  /** Milliseconds between looks at what was published. */
  readonly lookEveryMillis: number
}

export const defaultGateLimits: GateLimits = { bytes: 512 * 1024 ** 2, patienceMillis: 1000, lookEveryMillis: 400 }

export const GateLimits = Context.Reference<GateLimits>("@audiences/engine/GateLimits", {
  defaultValue: () => defaultGateLimits
})
