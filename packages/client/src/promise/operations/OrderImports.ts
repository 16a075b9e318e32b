import type { FileImport, FileImportWithUpload, importQuery } from "@audiences/domain/Import"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

/** Files of orders, of consumers who are known. */
export const orderImportsOf = (calls: Calls) => ({
  /** `uploadUrl` takes the file: give both to `imports.send`. `mapping` is JSON. */
  create: (query: QueryOf<typeof importQuery> = {}) =>
    calls.call<Resource<typeof FileImportWithUpload>>("POST", "/orders/import", { query }),
  latest: () => calls.call<Resource<typeof FileImport>>("GET", "/orders/import"),
  get: (importId: string) => calls.call<Resource<typeof FileImport>>("GET", path`/orders/imports/${importId}`)
})
