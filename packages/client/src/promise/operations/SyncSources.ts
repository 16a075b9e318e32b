import type { SyncSourceCreate, SyncSourceFull, syncSourceListQuery } from "@audiences/domain/SyncSource"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type SyncSourceQuery = QueryOf<typeof syncSourceListQuery>

export const syncSourcesOf = (calls: Calls) => ({
  list: (query: SyncSourceQuery = {}) =>
    calls.list<Resource<typeof SyncSourceFull>, SyncSourceQuery>("/sync-sources", query),
  /** To a SYNCED_LIST that has none. */
  add: (source: Resource<typeof SyncSourceCreate>) =>
    calls.call<Resource<typeof SyncSourceFull>>("POST", "/sync-sources", { body: source }),
  get: (id: string) => calls.call<Resource<typeof SyncSourceFull>>("GET", path`/sync-sources/${id}`),
  /** The audience keeps its members as they are. */
  remove: (id: string) => calls.call<Resource<typeof SyncSourceFull>>("DELETE", path`/sync-sources/${id}`)
})
