import type { FileImport, FileImportWithUpload, importQuery } from "@audiences/domain/Import"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

/** Files of consumers who become members of nothing. */
export const consumerImportsOf = (calls: Calls) => ({
  /** `uploadUrl` takes the file: give both to `imports.send`. `mapping` is JSON. */
  create: (query: QueryOf<typeof importQuery> = {}) =>
    calls.call<Resource<typeof FileImportWithUpload>>("POST", "/consumers/import", { query }),
  latest: () => calls.call<Resource<typeof FileImport>>("GET", "/consumers/import"),
  get: (importId: string) => calls.call<Resource<typeof FileImport>>("GET", path`/consumers/imports/${importId}`)
})
