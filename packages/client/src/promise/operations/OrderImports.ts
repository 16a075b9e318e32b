import type { FileImport, FileImportWithUpload, importListQuery, importQuery } from "@audiences/domain/Import"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type ImportListQuery = QueryOf<typeof importListQuery>

/** Files of orders, of consumers who are known. */
export const orderImportsOf = (calls: Calls) => ({
  /** `uploadUrl` takes the file: give both to `imports.send`. `mapping` is JSON. */
  create: (query: QueryOf<typeof importQuery> = {}) =>
    calls.call<Resource<typeof FileImportWithUpload>>("POST", "/orders/import", { query }),
  latest: () => calls.call<Resource<typeof FileImport>>("GET", "/orders/import"),
  /** Newest first, without the errors of rows. */
  list: (query: ImportListQuery = {}) =>
    calls.list<Resource<typeof FileImport>, ImportListQuery>("/orders/imports", query),
  get: (importId: string) => calls.call<Resource<typeof FileImport>>("GET", path`/orders/imports/${importId}`),
  /** The rejected rows of an import that has ended, as bytes of CSV with a column that says why. */
  errors: (importId: string) => calls.bytes(path`/orders/imports/${importId}/errors.csv`, {}),
  /** What was done stays. */
  cancel: (importId: string) =>
    calls.call<Resource<typeof FileImport>>("POST", path`/orders/imports/${importId}/cancel`),
  /** Orders that it created disappear, all others are as before. A large one goes on until `undoneAt` is set. */
  undo: (importId: string) => calls.call<Resource<typeof FileImport>>("POST", path`/orders/imports/${importId}/undo`)
})
