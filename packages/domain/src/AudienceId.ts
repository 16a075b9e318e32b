import { Schema } from "effect"
import { UuidText } from "./Scalar.ts"

export const AudienceId = UuidText.pipe(Schema.brand("AudienceId"))
export type AudienceId = typeof AudienceId.Type
