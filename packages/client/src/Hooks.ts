import { Context, type Effect } from "effect"
import type { AttemptEndEvent, AttemptEvent, RetryEvent } from "./retry/AttemptEvent.ts"

/** Effects that are told of every attempt. */
export interface ClientHooks {
  readonly onRequest?: (event: AttemptEvent) => Effect.Effect<void>
  readonly onResponse?: (event: AttemptEndEvent) => Effect.Effect<void>
  readonly onRetry?: (event: RetryEvent) => Effect.Effect<void>
}

/** Nobody is told, unless provided to the layer of the client. */
export const Hooks = Context.Reference<ClientHooks>("@audiences/client/Hooks", { defaultValue: () => ({}) })
