import type { OrganizationId } from "./Organization.ts"

/** Who acts, and for which organization. `name` is what `createdBy` and `updatedBy` say: `key:<api key id>`, `import:<id>`, `system`. */
export interface Actor {
  readonly organizationId: OrganizationId
  readonly name: string
}
