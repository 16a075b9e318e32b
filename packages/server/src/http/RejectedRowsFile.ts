import type { ImportId } from "@audiences/domain/Import"
import type { Stream } from "effect"
import { HttpServerResponse } from "effect/http"

/** The rejected rows of an import, as a file to be kept. */
export const rejectedRowsFile = (importId: ImportId, rows: Stream.Stream<Uint8Array>) =>
  HttpServerResponse.stream(rows, {
    contentType: "text/csv; charset=utf-8",
    headers: { "content-disposition": `attachment; filename="errors-${importId}.csv"` }
  })
