import type { Integration, IntegrationList, IntegrationUpdate, VendorListings } from "@audiences/domain/Integration"
import type { Vendor } from "@audiences/domain/Vendor"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const integrationsOf = (calls: Calls) => ({
  list: () => calls.call<Resource<typeof IntegrationList>>("GET", "/settings/integrations"),
  set: (vendor: Vendor, change: typeof IntegrationUpdate.Encoded) =>
    calls.call<Resource<typeof Integration>>("PUT", path`/settings/integrations/${vendor}`, { body: change }),
  remove: (vendor: Vendor) =>
    calls.call<Resource<typeof Integration>>("DELETE", path`/settings/integrations/${vendor}`),
  lists: (vendor: Vendor) =>
    calls.call<Resource<typeof VendorListings>>("GET", path`/settings/integrations/${vendor}/lists`)
})
