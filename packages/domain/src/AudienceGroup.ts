import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { errorFields } from "./Errors.ts"
import { pageQuery } from "./Page.ts"
import { UuidText } from "./Scalar.ts"

/** Audiences that belong together, such as the tiers of a programme: they share the id. */
export const AudienceGroupId = UuidText.pipe(Schema.brand("AudienceGroupId"))
export type AudienceGroupId = typeof AudienceGroupId.Type

/** The members of all audiences of the group, each once, ordered by consumer id; of one of them with `audienceId`. */
export const groupMemberListQuery = { ...pageQuery, audienceId: Schema.optionalKey(AudienceId) }
export type GroupMemberListQuery = Schema.Struct.Type<typeof groupMemberListQuery>

export class AudienceGroupNotFound extends Schema.Error<AudienceGroupNotFound>("AudienceGroupNotFound")(
  errorFields("AudienceGroupNotFound", "Audience group not found"),
  { httpApiStatus: 404 }
) {}

export class AudienceGroupArchived extends Schema.Error<AudienceGroupArchived>("AudienceGroupArchived")(
  errorFields("AudienceGroupArchived", "Audience group is archived"),
  { httpApiStatus: 409 }
) {}
