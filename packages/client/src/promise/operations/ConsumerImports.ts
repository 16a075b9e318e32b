import type { FileImport, FileImportWithUpload, importListQuery, importQuery } from "@audiences/domain/Import"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type ImportListQuery = QueryOf<typeof importListQuery>

/** Files of consumers who become members of nothing. */
export const consumerImportsOf = (calls: Calls) => ({
  /** `uploadUrl` takes the file: give both to `imports.send`. `mapping` is JSON. */
  create: (query: QueryOf<typeof importQuery> = {}) =>
    calls.call<Resource<typeof FileImportWithUpload>>("POST", "/consumers/import", { query }),
  latest: () => calls.call<Resource<typeof FileImport>>("GET", "/consumers/import"),
  /** Newest first, without the errors of rows. */
  list: (query: ImportListQuery = {}) =>
    calls.list<Resource<typeof FileImport>, ImportListQuery>("/consumers/imports", query),
  get: (importId: string) => calls.call<Resource<typeof FileImport>>("GET", path`/consumers/imports/${importId}`),
  /** The rejected rows of an import that has ended, as bytes of CSV with a column that says why. */
  errors: (importId: string) => calls.bytes(path`/consumers/imports/${importId}/errors.csv`, {}),
  /** What was done stays. */
  cancel: (importId: string) =>
    calls.call<Resource<typeof FileImport>>("POST", path`/consumers/imports/${importId}/cancel`),
  /** Whom it created is archived, all others are as before. A large one goes on until `undoneAt` is set. */
  undo: (importId: string) => calls.call<Resource<typeof FileImport>>("POST", path`/consumers/imports/${importId}/undo`)
})
