import type {
  ImportUndoConflict,
  ImportUndoRefused,
  OrderImportUndoRefused,
  OrderUndoConflict
} from "@audiences/domain/Import"
import { printable } from "../output/Printable.ts"

const reasons: Record<ImportUndoConflict["reason"], string> = {
  CHANGED: "was written since",
  LISTED: "is in another list, or in this one by others",
  TAKEN: "somebody else has an email, phone or external id it had before"
}

const orderReasons: Record<OrderUndoConflict["reason"], string> = {
  CHANGED: "was written since",
  TOO_MUCH: "with it, its consumer would have bought more than can be kept"
}

const shown = 10

const upTo = (lines: ReadonlyArray<string>, count: number): ReadonlyArray<string> => {
  const first = lines.slice(0, shown)
  return count > first.length ? [...first, `  and ${count - first.length} more`] : first
}

/** The consumers because of whom an import is not undone, as far as a person wants to read them. */
export const conflictLines = ({ conflictCount, conflicts }: ImportUndoRefused): ReadonlyArray<string> =>
  upTo(
    conflicts.map(({ consumerId, reason }) => `  ${consumerId}: ${reasons[reason]}`),
    conflictCount
  )

/** As `conflictLines`, of orders. */
export const orderConflictLines = ({ conflictCount, conflicts }: OrderImportUndoRefused): ReadonlyArray<string> =>
  upTo(
    conflicts.map(({ orderId, reason }) => printable(`  ${orderId}: ${orderReasons[reason]}`)),
    conflictCount
  )
