import type { ImportUndoConflict, ImportUndoRefused } from "@audiences/domain/Import"

const reasons: Record<ImportUndoConflict["reason"], string> = {
  CHANGED: "was written since",
  LISTED: "is in another list, or in this one by others",
  TAKEN: "somebody else has an email, phone or external id it had before"
}

const shown = 10

/** The consumers because of whom an import is not undone, as far as a person wants to read them. */
export const conflictLines = ({ conflictCount, conflicts }: ImportUndoRefused): ReadonlyArray<string> => {
  const lines = conflicts.slice(0, shown).map(({ consumerId, reason }) => `  ${consumerId}: ${reasons[reason]}`)
  return conflictCount > lines.length ? [...lines, `  and ${conflictCount - lines.length} more`] : lines
}
