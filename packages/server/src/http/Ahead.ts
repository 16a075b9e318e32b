import { Context, type Effect } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"

/** Answers a request, or (false) leaves it untouched. */
export type AheadListener = (request: IncomingMessage, response: ServerResponse) => boolean

/** The place ahead of the router, for what has to be quicker than it. */
export class Ahead extends Context.Service<
  Ahead,
  {
    readonly installed: () => AheadListener | undefined
    readonly install: (listener: AheadListener | undefined) => Effect.Effect<void>
  }
>()("@audiences/server/Ahead") {}
