import { Schema } from "effect"

export const AudienceId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("AudienceId"))
export type AudienceId = typeof AudienceId.Type
