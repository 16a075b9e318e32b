import type { AudienceType } from "@audiences/domain/Audience"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Effect } from "effect"

const refuseType = (input: unknown, message: string, expected: AudienceType): Effect.Effect<never, ValidationError> =>
  Effect.fail(refuse(input, [{ path: [], message, type: "audience_type", expected: `a ${expected} audience` }]))

/** Only a DYNAMIC audience has rules, and is refreshed by them. */
export const notDynamic = (input: unknown) => refuseType(input, "Audience is not dynamic", "DYNAMIC")

/** Only a STATIC_LIST has members that are chosen. */
export const notStatic = (input: unknown) => refuseType(input, "Audience is not a static list", "STATIC_LIST")

/** Only a SYNCED_LIST is kept equal to a list elsewhere. */
export const notSynced = (input: unknown) => refuseType(input, "Audience is not a synced list", "SYNCED_LIST")
