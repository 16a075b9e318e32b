import { Schema } from "effect"
import { AudienceType } from "./Audience.ts"
import { AudienceId } from "./AudienceId.ts"
import { ConsumerId } from "./Consumer.ts"
import { Instant } from "./Instant.ts"
import { MemberCheck, MemberStatus } from "./MemberCheck.ts"
import { RuleLine } from "./Rule.ts"

/** A rule, whether it holds of the consumer as it is in the database now, and the value it looks at; null: missing. */
export const RuleExplained = Schema.Struct({
  rule: RuleLine,
  holds: Schema.Boolean,
  value: Schema.Unknown,
  text: Schema.String
}).annotate({ identifier: "RuleExplained" })
export type RuleExplained = typeof RuleExplained.Type

/** Rules that have to hold together; one group that does is enough. */
export const RuleGroupExplained = Schema.Struct({
  groupId: Schema.NullOr(Schema.String),
  holds: Schema.Boolean,
  rules: Schema.Array(RuleExplained)
}).annotate({ identifier: "RuleGroupExplained" })
export type RuleGroupExplained = typeof RuleGroupExplained.Type

/**
 * Since when the consumer is on this side: the version that brought the change, when it was published and why. Where the history that
 * is kept does not reach back so far, `before` is where it begins; all null: the consumer was never on the other side.
 */
export const MemberSince = Schema.Struct({
  at: Schema.NullOr(Instant),
  version: Schema.NullOr(Schema.Finite),
  cause: Schema.NullOr(Schema.String),
  before: Schema.NullOr(Instant)
}).annotate({ identifier: "MemberSince" })
export type MemberSince = typeof MemberSince.Type

/** Who put the consumer into a list (`manual`, `import:<id>`, `sync:<id>`), and since when. */
export const MemberChosen = Schema.Struct({ source: Schema.String, since: Instant }).annotate({
  identifier: "MemberChosen"
})
export type MemberChosen = typeof MemberChosen.Type

/** A field of the consumer, and the value that it would have to have. */
export const FieldChange = Schema.Struct({
  field: Schema.String,
  from: Schema.Unknown,
  to: Schema.Unknown,
  text: Schema.String
}).annotate({ identifier: "FieldChange" })
export type FieldChange = typeof FieldChange.Type

/** What would take the consumer to the other side: changes of as few fields as can be found, all of them together. */
export const MemberFlip = Schema.Struct({
  status: MemberStatus,
  changes: Schema.Array(FieldChange),
  text: Schema.String
}).annotate({ identifier: "MemberFlip" })
export type MemberFlip = typeof MemberFlip.Type

/** The instant at which time alone does, if nothing else changes. */
export const MemberFlipInTime = Schema.Struct({
  status: MemberStatus,
  at: Instant,
  text: Schema.String
}).annotate({ identifier: "MemberFlipInTime" })
export type MemberFlipInTime = typeof MemberFlipInTime.Type

/** Why a consumer is in an audience, or is not, and what would change it. */
export const MemberExplanation = Schema.Struct({
  audienceId: AudienceId,
  consumerId: ConsumerId,
  type: AudienceType,
  ...MemberCheck.fields,
  since: MemberSince,
  /** Whether the rules hold of the consumer now; null of an audience without rules of its own kind. */
  meetsRules: Schema.NullOr(Schema.Boolean),
  groups: Schema.Array(RuleGroupExplained),
  /** Of lists; null: nobody did. */
  chosen: Schema.NullOr(MemberChosen),
  flip: Schema.NullOr(MemberFlip),
  flipInTime: Schema.NullOr(MemberFlipInTime),
  /** All of it in sentences. */
  text: Schema.String
}).annotate({ identifier: "MemberExplanation" })
export type MemberExplanation = typeof MemberExplanation.Type
