import { Effect, Option } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { Consumer } from "@audiences/domain/Consumer"
import type { RuleLine } from "@audiences/domain/Rule"
import { note } from "../output/Output.ts"
import { pointed } from "../rules/TypedRules.ts"
import type { Declared } from "./AudienceFile.ts"

/** Consumers shown of those who come and of those who go. */
const sampleSize = 5

/** Who would be in an audience with other rules. Samples name consumers as people know them. */
export interface MembershipChange {
  readonly members: number
  readonly entering?: { readonly count: number; readonly some: ReadonlyArray<string> }
  readonly leaving?: { readonly count: number; readonly some: ReadonlyArray<string> }
}

const nameOf = ({ email, fullName, id, phone, primaryExternalId }: Consumer): string =>
  email ?? fullName ?? primaryExternalId ?? phone ?? id

/** Tries the rules of a declaration out; what the server refuses is shown where it was typed. */
export const previewed = Effect.fnUntraced(function* (
  { name, typed }: Declared,
  rules: ReadonlyArray<RuleLine>,
  options: { readonly audienceId?: AudienceId; readonly sampleSize: number }
) {
  const { previews } = yield* AudiencesClient
  return yield* pointed(
    previews.preview({ payload: { rules, ...options } }),
    Option.some({ rules, ...(typed === undefined ? {} : { typed }) })
  ).pipe(Effect.tapError(() => note(`The rules of ${JSON.stringify(name)} cannot be tried:`)))
})

/** Who would enter and leave an audience by the rules of a declaration; of a new audience, only how many it would have. */
export const membershipChange = Effect.fnUntraced(function* (declared: Declared, audienceId: AudienceId | undefined) {
  const { entering, leaving, members } = yield* previewed(declared, declared.rules ?? [], {
    ...(audienceId === undefined ? {} : { audienceId }),
    sampleSize
  })
  return {
    members: members.count,
    ...(entering === undefined ? {} : { entering: { count: entering.count, some: entering.data.map(nameOf) } }),
    ...(leaving === undefined ? {} : { leaving: { count: leaving.count, some: leaving.data.map(nameOf) } })
  } satisfies MembershipChange as MembershipChange
})
