import type {
  Organization,
  OrganizationCreate,
  OrganizationUpdate,
  organizationListQuery
} from "@audiences/domain/Organization"
import type { OrganizationFounded } from "@audiences/domain/api/OrganizationsApi"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type OrganizationQuery = QueryOf<typeof organizationListQuery>

export const organizationsOf = (calls: Calls) => ({
  list: (query: OrganizationQuery = {}) =>
    calls.list<Resource<typeof Organization>, OrganizationQuery>("/organizations", query),
  /** With its test sibling and a key of each, whose secrets are shown this once. */
  create: (organization: Resource<typeof OrganizationCreate>) =>
    calls.call<Resource<typeof OrganizationFounded>>("POST", "/organizations", { body: organization }),
  get: (id: string) => calls.call<Resource<typeof Organization>>("GET", path`/organizations/${id}`),
  update: (id: string, changes: Resource<typeof OrganizationUpdate>) =>
    calls.call<Resource<typeof Organization>>("PUT", path`/organizations/${id}`, { body: changes })
})
