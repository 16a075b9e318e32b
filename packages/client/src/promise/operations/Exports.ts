import type { memberExportQuery } from "@audiences/domain/MemberExport"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf } from "../Wire.ts"

export const exportsOf = (calls: Calls) => ({
  /** Everybody as of now, as bytes of CSV that an import takes as it is, or of NDJSON. */
  members: (audienceId: string, query: QueryOf<typeof memberExportQuery> = {}) =>
    calls.bytes(path`/audiences/${audienceId}/members/export`, query)
})
