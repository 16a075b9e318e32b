import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { Import } from "@audiences/domain/Import"
import { note } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"

const pause = "250 millis"

/** Waits until nothing of an import is left to be undone. */
export const watchUndo = Effect.fn("imports.watchUndo")(
  function* (audienceId: AudienceId, begun: Import) {
    const { imports } = yield* AudiencesClient
    const progress = yield* Progress
    let now = begun
    while ((now.undoneAt ?? null) === null) {
      yield* progress.show({ label: "Undoing", details: [] })
      yield* Effect.sleep(pause)
      now = yield* imports.get({ params: { audienceId, importId: begun.id } })
    }
    return now
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.onInterrupt(() => note("The undo goes on by itself."))
)
