import { Schema } from "effect"
import { errorFields } from "./Errors.ts"
import { AudienceId } from "./AudienceId.ts"
import { OrganizationId } from "./Organization.ts"
import { Scalar, Text, UuidText } from "./Scalar.ts"

export const RuleId = UuidText.pipe(Schema.brand("RuleId"))
export type RuleId = typeof RuleId.Type

export const RuleGroupId = UuidText

export const RuleOperator = Schema.Literals([
  "EQUALS",
  "NOT_EQUALS",
  "GREATER_THAN",
  "GREATER_THAN_OR_EQUAL",
  "LESS_THAN",
  "LESS_THAN_OR_EQUAL",
  "BETWEEN",
  "CONTAINS",
  "NOT_CONTAINS",
  "IN",
  "NOT_IN",
  "EXISTS",
  "NOT_EXISTS"
]).annotate({ identifier: "RuleOperator" })
export type RuleOperator = typeof RuleOperator.Type

/**
 * One line of the rule builder. Lines that share a `groupId` are ANDed, groups are ORed, and the lines without a group form one
 * group of their own. `position` orders and decides nothing.
 */
export const RuleLine = Schema.Struct({
  field: Text,
  operator: RuleOperator,
  values: Schema.Array(Scalar),
  groupId: Schema.optionalKey(Schema.NullOr(RuleGroupId)),
  position: Schema.optionalKey(Schema.NullOr(Schema.Finite))
}).annotate({ identifier: "RuleNested" })
export type RuleLine = typeof RuleLine.Type

/** A rule as it is kept and returned: exactly as it was sent, with its place. */
export const Rule = Schema.Struct({
  id: RuleId,
  audienceId: AudienceId,
  organizationId: OrganizationId,
  ...RuleLine.fields,
  position: Schema.optionalKey(Schema.NullOr(Schema.Finite).annotate({ default: 0 }))
}).annotate({ identifier: "Rule" })
export type Rule = typeof Rule.Type

/** `audienceId` must be the one of the path. */
export const RuleInput = Schema.Struct({
  audienceId: AudienceId,
  ...RuleLine.fields
}).annotate({ identifier: "RuleInput" })
export type RuleInput = typeof RuleInput.Type

export const RuleUpdate = Schema.Struct({
  audienceId: Schema.optionalKey(AudienceId),
  field: Schema.optionalKey(Text),
  operator: Schema.optionalKey(RuleOperator),
  values: Schema.optionalKey(Schema.Array(Scalar)),
  groupId: RuleLine.fields.groupId,
  position: RuleLine.fields.position
}).annotate({ identifier: "RuleUpdate" })
export type RuleUpdate = typeof RuleUpdate.Type

export const RulesReplace = Schema.Struct({ rules: Schema.Array(RuleInput) }).annotate({ identifier: "RulesReplace" })
export type RulesReplace = typeof RulesReplace.Type

export class RuleNotFound extends Schema.Error<RuleNotFound>("RuleNotFound")(
  errorFields("RuleNotFound", "Rule not found"),
  { httpApiStatus: 404 }
) {}
