import { Schema } from "effect"
import { errorFields } from "./Errors.ts"
import { Instant } from "./Instant.ts"
import { pageOf, pageQuery, SortDirection } from "./Page.ts"
import { Text, UuidText } from "./Scalar.ts"

export const OrganizationId = UuidText.pipe(Schema.brand("OrganizationId"))
export type OrganizationId = typeof OrganizationId.Type

/** A tenant. Every organization has a sibling for tests, which `sk_test_` keys belong to: test data never mixes with live. */
export const Organization = Schema.Struct({
  id: OrganizationId,
  name: Schema.String,
  mode: Schema.Literals(["live", "test"]),
  /** Of a live organization the one for its tests, and the other way round. */
  siblingId: OrganizationId,
  active: Schema.Boolean,
  /** Requests a minute; 0: as many as come; null: what the server is set to. */
  rateLimitPerMinute: Schema.NullOr(Schema.Finite),
  /** The same for the gate. */
  gateRateLimitPerMinute: Schema.NullOr(Schema.Finite),
  createdAt: Instant
}).annotate({ identifier: "Organization" })
export type Organization = typeof Organization.Type

export const OrganizationPage = pageOf(Organization).annotate({ identifier: "OrganizationPage" })

/** Trimmed, 1 to 255 characters; need not be unique. */
export const OrganizationName = Schema.Trim.pipe(
  Schema.decodeTo(Text.check(Schema.isNonEmpty(), Schema.isMaxCodePoints(255)))
)

export const OrganizationCreate = Schema.Struct({ name: OrganizationName }).annotate({
  identifier: "OrganizationCreate"
})
export type OrganizationCreate = typeof OrganizationCreate.Type

const Limit = Schema.NullOr(
  Schema.Finite.check(
    Schema.isInt(),
    Schema.isBetween(
      { minimum: 0, maximum: 1_000_000_000 },
      { expected: "a whole number of requests, 0 to 1,000,000,000" }
    )
  )
)

/** A partial update. All but the name is changed by the founding organization only. */
export const OrganizationUpdate = Schema.Struct({
  name: Schema.optionalKey(OrganizationName),
  /** An inactive organization is answered 403; of a live one, its test sibling goes with it. */
  active: Schema.optionalKey(Schema.Boolean),
  rateLimitPerMinute: Schema.optionalKey(Limit),
  gateRateLimitPerMinute: Schema.optionalKey(Limit)
}).annotate({ identifier: "OrganizationUpdate" })
export type OrganizationUpdate = typeof OrganizationUpdate.Type

export const OrganizationSort = Schema.Literals(["createdAt", "name"])
export type OrganizationSort = typeof OrganizationSort.Type

export const organizationListQuery = {
  ...pageQuery,
  sortBy: Schema.optionalKey(OrganizationSort),
  sortDir: Schema.optionalKey(SortDirection)
}
export type OrganizationListQuery = Schema.Struct.Type<typeof organizationListQuery>

export class OrganizationNotFound extends Schema.Error<OrganizationNotFound>("OrganizationNotFound")(
  errorFields("OrganizationNotFound", "Organization not found"),
  { httpApiStatus: 404 }
) {}
