import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect } from "effect"

/** Requests are counted in two kinds: the gate's, and all others. */
export type RequestKind = "api" | "gate"

export interface RateLimitGrant {
  /** Requests a minute; 0: as many as come. */
  readonly limit: number
  /** How many of those asked for this process may answer. */
  readonly granted: number
  /** What is left for whoever asks next. */
  readonly left: number
}

/** Where the processes of a service share the requests of a minute among themselves. */
export class RateLimitRepo extends Context.Service<
  RateLimitRepo,
  {
    /** Takes a twentieth of the organization's limit, or what is left of it in that minute. Never more than the limit in all. */
    readonly take: (
      organizationId: OrganizationId,
      kind: RequestKind,
      minute: number,
      defaultLimit: number
    ) => Effect.Effect<RateLimitGrant>
  }
>()("@audiences/engine/RateLimitRepo") {}
