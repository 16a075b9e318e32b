import type {
  Audience,
  AudienceCreate,
  AudienceFull,
  AudienceUpdate,
  audienceListQuery
} from "@audiences/domain/Audience"
import type { AudienceCount, AudienceStatus } from "@audiences/domain/Membership"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type AudienceQuery = QueryOf<typeof audienceListQuery>

export const audiencesOf = (calls: Calls) => ({
  list: (query: AudienceQuery = {}) => calls.list<Resource<typeof AudienceFull>, AudienceQuery>("/audiences", query),
  create: (audience: Resource<typeof AudienceCreate>) =>
    calls.call<Resource<typeof AudienceFull>>("POST", "/audiences", { body: audience }),
  get: (id: string) => calls.call<Resource<typeof AudienceFull>>("GET", path`/audiences/${id}`),
  /** An absent key leaves the value, null clears it. */
  update: (id: string, changes: Resource<typeof AudienceUpdate>) =>
    calls.call<Resource<typeof Audience>>("PUT", path`/audiences/${id}`, { body: changes }),
  archive: (id: string) => calls.call<Resource<typeof Audience>>("DELETE", path`/audiences/${id}`),
  count: (id: string) => calls.call<Resource<typeof AudienceCount>>("GET", path`/audiences/${id}/count`),
  status: (id: string) => calls.call<Resource<typeof AudienceStatus>>("GET", path`/audiences/${id}/status`),
  /** Answers at once; `inProgress` of the status turns false when it is done. */
  refresh: (id: string) => calls.call<Resource<typeof AudienceStatus>>("POST", path`/audiences/${id}/refresh`)
})
