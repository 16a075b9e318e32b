import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"

/** Requests are counted in two kinds: the gate's, and all others. */
export type RequestKind = "api" | "gate"

/** A process's share of an organization's minute. */
export interface RateLimitGrant {
  /** Requests a minute; 0: as many as come. */
  readonly limit: number
  /** How many more this process may answer. */
  readonly granted: number
  /** What is left for whoever asks next. */
  readonly left: number
  /** When the minute ends, in seconds since 1970, and how long that is from now. The database's clock decides. */
  readonly resetsAt: number
  readonly millisLeft: number
}

/** Where the processes of a service divide the requests of a minute among themselves. */
export class RateLimitRepo extends Context.Service<
  RateLimitRepo,
  {
    /** Takes a part of what is left of the minute, a twentieth of the limit at the most: never more than the limit in all. */
    readonly take: (
      organizationId: OrganizationId,
      kind: RequestKind,
      /** Of organizations that have none of their own. */
      defaultLimit: number
    ) => Effect.Effect<RateLimitGrant>
  }
>()("@audiences/engine/RateLimitRepo") {}
