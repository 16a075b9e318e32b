import { Effect } from "effect"
import type { FileImport, ImportId, ImportListQuery } from "@audiences/domain/Import"
import type { Page } from "@audiences/domain/Page"
import { confirm } from "../confirmation/Confirmation.ts"
import { note, printRecord } from "../output/Output.ts"
import { type Paging, printPaged } from "../Paging.ts"
import { columns } from "./columns.ts"
import { type ImportPlace, importsOf } from "./ImportPlace.ts"
import { rowErrorLines } from "./RowErrors.ts"
import { watchUndo } from "./watchUndo.ts"

export const listImports = Effect.fnUntraced(function* (
  place: ImportPlace,
  paging: Paging,
  filter: Pick<ImportListQuery, "status">
) {
  const { list } = yield* importsOf(place)
  const pageOf = Effect.fnUntraced(function* (page: Pick<ImportListQuery, "first" | "after">) {
    const found: Page<FileImport> = yield* list({ ...page, ...filter })
    return found
  })
  yield* printPaged(paging, pageOf, columns, "No imports.")
})

export const showImport = Effect.fnUntraced(function* (place: ImportPlace, importId: ImportId) {
  const { get } = yield* importsOf(place)
  const found = yield* get(importId)
  const { errors: _, ...fields } = found
  yield* printRecord(found, Object.entries(fields))
  for (const line of rowErrorLines(place, found)) yield* note(line)
})

export const cancelImport = Effect.fnUntraced(function* (place: ImportPlace, importId: ImportId) {
  const { cancel } = yield* importsOf(place)
  const { errors: _, ...cancelled } = yield* cancel(importId)
  yield* printRecord(cancelled)
})

/** What becomes of what an import created, and what is left where somebody wrote meanwhile. */
const undoing = (place: ImportPlace) =>
  place._tag === "Orders"
    ? { created: "take away the orders it created", nouns: "orders" }
    : { created: "archive whom it created", nouns: "consumers" }

export const undoImport = Effect.fnUntraced(function* (place: ImportPlace, importId: ImportId) {
  const { created, nouns } = undoing(place)
  yield* confirm(`Undo the import ${importId}, and ${created}?`)
  const { undo } = yield* importsOf(place)
  const { errors: _, ...undone } = yield* watchUndo(place, yield* undo(importId))
  yield* printRecord(undone)
  if ((undone.undoSkipped ?? 0) > 0) {
    yield* note(`${undone.undoSkipped} ${nouns} were written meanwhile, and are left as they are.`)
  }
})
