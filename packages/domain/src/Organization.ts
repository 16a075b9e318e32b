import { Schema } from "effect"
import { Text } from "./Scalar.ts"
import { Instant } from "./Instant.ts"

export const OrganizationId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("OrganizationId"))
export type OrganizationId = typeof OrganizationId.Type

/** A tenant. Every organization has a sibling for tests, which `sk_test_` keys belong to: test data never mixes with live. */
export const Organization = Schema.Struct({
  id: OrganizationId,
  name: Text,
  mode: Schema.Literals(["live", "test"]),
  active: Schema.Boolean,
  createdAt: Instant
}).annotate({ identifier: "Organization" })
export type Organization = typeof Organization.Type
