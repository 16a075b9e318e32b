import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type {
  ImportChangesUnknown,
  ImportDryRun,
  ImportId,
  ImportNotFound,
  ImportUndone,
  ImportUndoExpired,
  ImportUndoRefused,
  ImportUnfinished,
  OrderImportUndoRefused
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect } from "effect"
import type { PeopleTarget } from "../ImportRepo.ts"

/** Whether anything is left to be undone. */
export type UndoProgress = "left" | "done"

/** Why an import of any kind is not undone. */
type UndoRefusal = ImportNotFound | ImportUnfinished | ImportUndone | ImportUndoExpired | ImportDryRun

export type PeopleUndoRefusal = UndoRefusal | AudienceNotFound | AudienceArchived | ImportUndoRefused
export type OrderUndoRefusal = UndoRefusal | ImportChangesUnknown | OrderImportUndoRefused

/** What imports wrote, taken back. */
export class ImportUndoRepo extends Context.Service<
  ImportUndoRepo,
  {
    /** Makes sure that nothing written since would be lost, and takes the first step; a small import is undone by it as a whole. */
    readonly begin: (
      actor: Actor,
      target: PeopleTarget,
      id: ImportId,
      now: DateTime.Utc
    ) => Effect.Effect<UndoProgress, PeopleUndoRefusal>
    /** As `begin`, of a file of orders. */
    readonly beginOrders: (
      actor: Actor,
      id: ImportId,
      now: DateTime.Utc
    ) => Effect.Effect<UndoProgress, OrderUndoRefusal>
    /** The next step of an undo that was begun. Consumers, or orders, that were written since it began are left as they are, and counted. */
    readonly step: (organizationId: OrganizationId, id: ImportId) => Effect.Effect<UndoProgress>
  }
>()("@audiences/engine/ImportUndoRepo") {}
