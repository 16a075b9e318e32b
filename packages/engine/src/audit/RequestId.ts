import { Context } from "effect"

/** The id of the request that is being answered, for the audit log; null of work that no request asked for. */
export class RequestId extends Context.Reference<string | null>("@audiences/engine/RequestId", {
  defaultValue: () => null
}) {}
