import { Context, MutableRef } from "effect"

/** The request being answered. A reference, so that handlers run without a server around them too. */
export class CurrentRequest extends Context.Reference<{
  readonly id: string
  /** Known once the key has been checked; kept for the log line that is written at the end. */
  readonly organizationId: MutableRef.MutableRef<string | undefined>
}>("@audiences/server/CurrentRequest", {
  defaultValue: () => ({ id: "none", organizationId: MutableRef.make(undefined) })
}) {}
