import type { Audience } from "@audiences/domain/Audience"
import type {
  Consumer,
  ConsumerCreate,
  ConsumerFull,
  ConsumerUpdate,
  consumerArchiveQuery,
  consumerListQuery
} from "@audiences/domain/Consumer"
import type { Distribution, distributionQuery } from "@audiences/domain/Distribution"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type ConsumerQuery = QueryOf<typeof consumerListQuery>

export const consumersOf = (calls: Calls) => ({
  list: (query: ConsumerQuery = {}) => calls.list<Resource<typeof ConsumerFull>, ConsumerQuery>("/consumers", query),
  /** At most 500, all or none. */
  batch: (consumers: ReadonlyArray<Resource<typeof ConsumerCreate>>) =>
    calls.call<ReadonlyArray<Resource<typeof Consumer>>>("POST", "/consumers/batch", { body: { consumers } }),
  /** How the values of a number or money field are spread; `ltv` in 10 buckets unless told. */
  distribution: (query: QueryOf<typeof distributionQuery> = {}) =>
    calls.call<Resource<typeof Distribution>>("GET", "/consumers/distribution", { query }),
  get: (id: string) => calls.call<Resource<typeof ConsumerFull>>("GET", path`/consumers/${id}`),
  update: (id: string, changes: Resource<typeof ConsumerUpdate>) =>
    calls.call<Resource<typeof Consumer>>("PUT", path`/consumers/${id}`, { body: changes }),
  /** With `erase`, what is known of the person is removed for good. */
  archive: (id: string, query: QueryOf<typeof consumerArchiveQuery> = {}) =>
    calls.call<Resource<typeof Consumer>>("DELETE", path`/consumers/${id}`, { query }),
  audiences: (id: string) =>
    calls.call<ReadonlyArray<Resource<typeof Audience>>>("GET", path`/consumers/${id}/audiences`)
})
