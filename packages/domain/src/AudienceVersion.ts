import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { errorFields } from "./Errors.ts"
import { Instant } from "./Instant.ts"
import { Text } from "./Scalar.ts"

const numberText = (pattern: RegExp, expected: string) =>
  Schema.String.check(Schema.isPattern(pattern, { expected })).pipe(Schema.decodeTo(Schema.FiniteFromString))

/** The number of a version, as text. */
export const VersionNumber = numberText(/^[1-9]\d{0,14}$/u, "the number of a version, 1 or more")

/** One published change of a membership. */
export const AudienceVersion = Schema.Struct({
  version: Schema.Finite,
  /** `rules`, `refresh`, `write`, `time`, `archive`, `manual`, `import:<id>`, `sync:<id>` … */
  cause: Schema.String,
  /** Who came in and who left with it. */
  enteredCount: Schema.Finite,
  leftCount: Schema.Finite,
  /** The size since then. */
  memberCount: Schema.Finite,
  publishedAt: Instant
}).annotate({ identifier: "AudienceVersion" })
export type AudienceVersion = typeof AudienceVersion.Type

/** Newest first. */
export const AudienceHistory = Schema.Struct({
  audienceId: AudienceId,
  data: Schema.Array(AudienceVersion),
  /** Send it as `before` for what is older; null: nothing is, or it is not kept any more. */
  nextBefore: Schema.NullOr(Schema.Finite)
}).annotate({ identifier: "AudienceHistory" })
export type AudienceHistory = typeof AudienceHistory.Type

export const audienceHistoryQuery = {
  first: Schema.optionalKey(numberText(/^([1-9]\d{0,2}|1000)$/u, "a whole number from 1 to 1000")),
  before: Schema.optionalKey(VersionNumber)
}
export type AudienceHistoryQuery = Schema.Struct.Type<typeof audienceHistoryQuery>

/** How much a membership moved on one day, in UTC. */
export const VolatileDay = Schema.Struct({
  /** As 2026-01-31. */
  day: Schema.String,
  entered: Schema.Finite,
  left: Schema.Finite,
  /** At the end of the day. */
  memberCount: Schema.Finite,
  /** (entered + left) ÷ size at the end of the day; of an empty audience, by 1. */
  volatility: Schema.Finite
}).annotate({ identifier: "VolatileDay" })
export type VolatileDay = typeof VolatileDay.Type

/** Days on which something changed, the latest first. */
export const Volatility = Schema.Struct({
  audienceId: AudienceId,
  /** Days looked at, today among them. */
  days: Schema.Finite,
  /** Mean over all days looked at. */
  perDay: Schema.Finite,
  data: Schema.Array(VolatileDay)
}).annotate({ identifier: "Volatility" })
export type Volatility = typeof Volatility.Type

export const volatilityQuery = {
  /** 30 unless given. */
  days: Schema.optionalKey(numberText(/^([1-9]|[12]\d|30)$/u, "a whole number from 1 to 30"))
}
export type VolatilityQuery = Schema.Struct.Type<typeof volatilityQuery>

/** A membership that was given a name, and does not change any more. */
export const Snapshot = Schema.Struct({
  id: Schema.String.check(Schema.isUUID()),
  audienceId: AudienceId,
  name: Schema.String,
  /** Its members are those of this version, which is kept for good. */
  version: Schema.Finite,
  memberCount: Schema.Finite,
  createdAt: Instant,
  createdBy: Schema.String
}).annotate({ identifier: "Snapshot" })
export type Snapshot = typeof Snapshot.Type

export const SnapshotCreate = Schema.Struct({
  /** Trimmed, 1 to 255 characters; no other snapshot of the audience has it. */
  name: Schema.Trim.pipe(Schema.decodeTo(Text.check(Schema.isNonEmpty(), Schema.isMaxCodePoints(255))))
}).annotate({ identifier: "SnapshotCreate" })
export type SnapshotCreate = typeof SnapshotCreate.Type

export class VersionNotFound extends Schema.Error<VersionNotFound>("VersionNotFound")(
  errorFields("VersionNotFound", "Version not found"),
  { httpApiStatus: 404 }
) {}

/** There was such a version, but who was in it is not known any more. */
export class VersionNotRetained extends Schema.Error<VersionNotRetained>("VersionNotRetained")(
  errorFields("VersionNotRetained", "Version not retained"),
  { httpApiStatus: 404 }
) {}

/** Nobody has looked yet who is in it. */
export class NoMembershipYet extends Schema.Error<NoMembershipYet>("NoMembershipYet")(
  errorFields("NoMembershipYet", "Audience has no membership yet: try again once it has been evaluated"),
  { httpApiStatus: 409 }
) {}

export class SnapshotNameTaken extends Schema.Error<SnapshotNameTaken>("SnapshotNameTaken")(
  errorFields("SnapshotNameTaken", "Another snapshot of the audience has this name"),
  { httpApiStatus: 409 }
) {}
