import { Context, type DateTime, type Effect } from "effect"

/** How long it is kept what undoing an import takes. */
export class UndoRetentionRepo extends Context.Service<
  UndoRetentionRepo,
  {
    /** Deletes it of one import that its organization lets nobody undo any more; false: there is none. */
    readonly forgetNext: (now: DateTime.Utc) => Effect.Effect<boolean>
  }
>()("@audiences/engine/UndoRetentionRepo") {}
