import { Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull, AudienceType } from "@audiences/domain/Audience"
import { maxCheckSize, MembersCheck } from "@audiences/domain/MemberCheck"
import type { RuleLine } from "@audiences/domain/Rule"
import { ruleGroups } from "@audiences/domain/where/WherePrinter"
import { decodeBody } from "../audiences/payload.ts"
import { kindOf, personNamed } from "../gate/Person.ts"
import { UsageError } from "../UsageError.ts"
import type { Declared } from "./AudienceFile.ts"
import { previewed } from "./MembershipChange.ts"

/** A consumer who must or must not be in the audience. */
export interface Expectation {
  readonly consumer: string
  readonly expected: "IN" | "OUT"
  /** What comes of the file. */
  readonly found: string
  readonly met: boolean
}

const fields = { email: "email", phone: "phone", "external-id": "primaryExternalId" } as const

/** The rules, each group held to one consumer: whoever meets them is that consumer. */
const heldTo = (
  consumer: string,
  rules: ReadonlyArray<RuleLine>
): Effect.Effect<ReadonlyArray<RuleLine>, UsageError> => {
  const kind = kindOf(consumer)
  return kind === "id"
    ? Effect.fail(
        new UsageError({ message: `expect names consumers by email, phone or external id, not by id: ${consumer}.` })
      )
    : Effect.succeed([
        ...rules,
        ...ruleGroups(rules).map(([line]) => ({
          field: fields[kind],
          operator: "EQUALS" as const,
          values: [consumer],
          ...(line?.groupId == null ? {} : { groupId: line.groupId })
        }))
      ])
}

const byRules = (declared: Declared, rules: ReadonlyArray<RuleLine>) =>
  Effect.fnUntraced(function* (consumer: string) {
    const { members } = yield* previewed(declared, yield* heldTo(consumer, rules), { sampleSize: 0 })
    return members.count > 0 ? "IN" : "OUT"
  })

const byMembership = Effect.fnUntraced(function* (found: AudienceFull, people: ReadonlyArray<string>) {
  const { gate } = yield* AudiencesClient
  const payload = yield* decodeBody(MembersCheck, { consumers: people.map((person) => personNamed(person)) })
  const { results } = yield* gate.checkAll({ params: { audienceId: found.id }, query: {}, payload })
  return results.map(({ status }): string => status)
})

/** Tries what a declaration expects: of rules as the file has them, of lists as they are. */
export const expectations = Effect.fnUntraced(function* (
  declared: Declared,
  type: AudienceType,
  found: AudienceFull | undefined
) {
  const wanted = [
    ...(declared.expect?.in ?? []).map((consumer) => ({ consumer, expected: "IN" as const })),
    ...(declared.expect?.out ?? []).map((consumer) => ({ consumer, expected: "OUT" as const }))
  ]
  if (wanted.length > maxCheckSize)
    return yield* new UsageError({
      message: `${JSON.stringify(declared.name)} expects more than ${maxCheckSize} consumers.`
    })
  const people = wanted.map(({ consumer }) => consumer)
  const statuses: ReadonlyArray<string> =
    type === "DYNAMIC"
      ? yield* Effect.forEach(people, byRules(declared, declared.rules ?? found?.rules ?? []))
      : found === undefined || people.length === 0
        ? people.map(() => "OUT")
        : yield* byMembership(found, people)
  return wanted.map(({ consumer, expected }, i) => {
    const status = statuses[i] ?? "UNKNOWN"
    return { consumer, expected, found: status, met: status === expected } satisfies Expectation as Expectation
  })
})
