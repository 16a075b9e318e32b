import { Effect } from "effect"
import type { FileImport } from "@audiences/domain/Import"
import { note } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import { type ImportPlace, importsOf } from "./ImportPlace.ts"

const pause = "250 millis"

/** Waits until nothing of an import is left to be undone. */
export const watchUndo = Effect.fn("imports.watchUndo")(
  function* (place: ImportPlace, begun: FileImport) {
    const imports = yield* importsOf(place)
    const progress = yield* Progress
    let now: FileImport = begun
    while ((now.undoneAt ?? null) === null) {
      yield* progress.show({ label: "Undoing", details: [] })
      yield* Effect.sleep(pause)
      now = yield* imports.get(begun.id)
    }
    return now
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.onInterrupt(() => note("The undo goes on by itself."))
)
