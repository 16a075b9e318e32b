import type { FileImport, FileImportWithUpload, importQuery } from "@audiences/domain/Import"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

/** Files that fill no audience. */
const fileImportsOf = (calls: Calls, place: "/consumers" | "/orders") => ({
  /** `uploadUrl` takes the file: give both to `imports.send`. `mapping` is JSON. */
  create: (query: QueryOf<typeof importQuery> = {}) =>
    calls.call<Resource<typeof FileImportWithUpload>>("POST", `${place}/import`, { query }),
  latest: () => calls.call<Resource<typeof FileImport>>("GET", `${place}/import`),
  get: (importId: string) =>
    calls.call<Resource<typeof FileImport>>("GET", `${place}/imports/${encodeURIComponent(importId)}`)
})

/** Files of consumers who become members of nothing. */
export const consumerImportsOf = (calls: Calls) => fileImportsOf(calls, "/consumers")

/** Files of orders, of consumers who are known. */
export const orderImportsOf = (calls: Calls) => fileImportsOf(calls, "/orders")
