import { Context } from "effect"

/** What one file may be, and how it is brought in. */
export const ImportLimits = Context.Reference<{
  readonly maxBytes: number
  readonly maxRows: number
  /** Data rows of one transaction. */
  readonly chunkRows: number
}>("@audiences/engine/ImportLimits", {
  defaultValue: () => ({ maxBytes: 2 * 1024 ** 3, maxRows: 5_000_000, chunkRows: 10_000 })
})

/** Data rows that are staged in one transaction, at most: they are in memory all at once. */
export const maxStagedChunk = 5_000

/** How often in a row an import is begun without coming further, before it is given up. */
export const maxImportAttempts = 10
