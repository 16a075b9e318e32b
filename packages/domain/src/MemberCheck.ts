import { Schema, SchemaTransformation } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { ConsumerId, Email, Phone } from "./Consumer.ts"
import { ExternalId } from "./ExternalId.ts"
import { Instant } from "./Instant.ts"

/** UNKNOWN: nothing is known that is recent enough. What to do then is the caller's choice. */
export const MemberStatus = Schema.Literals(["IN", "OUT", "UNKNOWN"]).annotate({ identifier: "MemberStatus" })
export type MemberStatus = typeof MemberStatus.Type

/** Whether a consumer is in an audience, and how recently that was known. */
export const MemberCheck = Schema.Struct({
  status: MemberStatus,
  /** Of the membership that was looked at; null: none is known. */
  version: Schema.NullOr(Schema.Finite),
  /** The instant up to which every committed write is reflected; null: the membership was never evaluated, or none is known. */
  asOf: Schema.NullOr(Instant),
  /** The membership is known not to reflect everything yet, or cannot be compared with the database. */
  stale: Schema.Boolean,
  /** The audience is known to be archived: nobody is in it. */
  archived: Schema.Boolean
}).annotate({ identifier: "MemberCheck" })
export type MemberCheck = typeof MemberCheck.Type

/** `maxStaleSeconds`: a membership that reflects less recent writes makes the answer UNKNOWN; 0 = read it now. */
export const memberCheckQuery = {
  maxStaleSeconds: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^\d{1,9}$/u, { expected: "a whole number of seconds, 0 to 999999999" })).pipe(
      Schema.decodeTo(Schema.Finite, SchemaTransformation.numberFromString)
    )
  )
}
export type MemberCheckQuery = Schema.Struct.Type<typeof memberCheckQuery>

const names = ["consumerId", "email", "phone", "externalId"] as const

/** A person by exactly one of id, email, phone and external id. */
export const PersonNamed = Schema.Struct({
  consumerId: Schema.optionalKey(ConsumerId),
  email: Schema.optionalKey(Email),
  phone: Schema.optionalKey(Phone),
  externalId: Schema.optionalKey(ExternalId)
})
  .check(
    Schema.makeFilter((person) => names.filter((name) => person[name] !== undefined).length === 1, {
      identifier: "ExactlyOne",
      expected: `exactly one of ${names.join(", ")}`
    })
  )
  .annotate({ identifier: "PersonNamed" })
export type PersonNamed = typeof PersonNamed.Type

export const maxCheckSize = 1000

export const MembersCheck = Schema.Struct({
  consumers: Schema.Array(PersonNamed).check(
    Schema.isMaxLength(maxCheckSize, { message: `Max batch size is ${maxCheckSize}` })
  )
}).annotate({ identifier: "MembersCheck" })
export type MembersCheck = typeof MembersCheck.Type

/** `consumerId` is null of a person whom nobody knows, and of one who cannot be looked for: `status` tells which. */
export const PersonChecked = Schema.Struct({
  consumerId: Schema.NullOr(ConsumerId),
  ...MemberCheck.fields
}).annotate({ identifier: "PersonChecked" })
export type PersonChecked = typeof PersonChecked.Type

/** In the order in which they were asked for, all of one version. */
export const MembersChecked = Schema.Struct({
  audienceId: AudienceId,
  results: Schema.Array(PersonChecked)
}).annotate({ identifier: "MembersChecked" })
export type MembersChecked = typeof MembersChecked.Type
