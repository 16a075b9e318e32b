import type { AudienceNotFound } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type ConsumerId, type ConsumerNotFound } from "@audiences/domain/Consumer"
import type { MemberStatus } from "@audiences/domain/MemberCheck"
import type {
  MemberExplanation,
  MemberFlip,
  MemberFlipInTime,
  RuleGroupExplained
} from "@audiences/domain/MemberExplanation"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, DateTime, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { LoadedMembership } from "../gate/LoadedMembership.ts"
import type { ComparedConsumer } from "../rules/ComparedConsumer.ts"
import { comparedOf, valueAt, wireValue } from "./ConsumerFacts.ts"
import { ExplanationRepo, type MembershipFacts } from "./ExplanationRepo.ts"
import { explanationText } from "./ExplanationSentences.ts"
import { changeText, fieldName, ruleText } from "./ExplanationText.ts"
import { nextFlip } from "./NextFlip.ts"
import { type CompiledGroup, compileGroups, smallestChange } from "./SmallestChange.ts"

/** Why somebody is in an audience, or is not, and what would change it. */
export class Explanations extends Context.Service<
  Explanations,
  {
    readonly explain: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      consumerId: ConsumerId
    ) => Effect.Effect<MemberExplanation, AudienceNotFound | ConsumerNotFound>
  }
>()("@audiences/engine/Explanations") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ExplanationRepo
      const clock = yield* DatabaseClock

      const explain = Effect.fn("Explanations.explain")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        consumerId: ConsumerId
      ) {
        const now = yield* clock.now
        const facts = yield* repo.facts(organizationId, audienceId, consumerId, now)
        return explanationOf(AudienceId.make(audienceId.toLowerCase()), facts, DateTime.toEpochMillis(now))
      })

      return Explanations.of({ explain })
    })
  )
}

const explanationOf = (audienceId: AudienceId, facts: MembershipFacts, now: number): MemberExplanation => {
  const { chosen, consumer, isMember, published, rules, since, type } = facts
  const check = new LoadedMembership(published, new Map(), { own: now, database: now }).answer(isMember, now)
  const compiled = compileGroups(rules)
  const compared = comparedOf(consumer)
  const groups = compiled.map((group) => explainedGroup(group, facts, compared, now))
  const movable = type === "DYNAMIC" && !consumer.archived && !published.archived
  const meetsRules = type === "DYNAMIC" ? !consumer.archived && groups.some(({ holds }) => holds) : null
  const other: MemberStatus = meetsRules === true ? "OUT" : "IN"
  const explanation = {
    audienceId,
    consumerId: consumer.id,
    type,
    ...check,
    since,
    meetsRules,
    groups,
    chosen,
    flip: movable ? flipOf(compiled, compared, now, other) : null,
    flipInTime: movable ? flipInTimeOf(rules, compared, now, other) : null
  }
  return { ...explanation, text: explanationText(explanation, consumer.archived) }
}

const explainedGroup = (
  { id, lines }: CompiledGroup,
  { consumer }: MembershipFacts,
  compared: ComparedConsumer,
  now: number
): RuleGroupExplained => {
  const rules = lines.map(({ field, holds, line }) => {
    const known = holds(compared, now)
    // As it is written, not as it is compared.
    const written =
      field._tag === "Metadata"
        ? consumer.metadata != null && Object.hasOwn(consumer.metadata, field.key)
          ? (consumer.metadata[field.key] ?? null)
          : null
        : field.kind === "text" && field.name !== "emailDomain"
          ? ((consumer[field.name] as string | null | undefined) ?? null)
          : wireValue(field, valueAt(compared, field))
    return { rule: line, holds: known, value: written, text: ruleText(line, known, written) }
  })
  return { groupId: id, holds: rules.every(({ holds }) => holds), rules }
}

const flipOf = (
  groups: ReadonlyArray<CompiledGroup>,
  consumer: ComparedConsumer,
  now: number,
  status: MemberStatus
): MemberFlip | null => {
  const changes = smallestChange(groups, consumer, now)?.map((change) => ({
    field: fieldName(change.field),
    from: wireValue(change.field, change.from),
    to: wireValue(change.field, change.to),
    text: changeText(change)
  }))
  if (changes === undefined || changes.length === 0) return null
  return { status, changes, text: changes.map(({ text }) => text).join(", and ") }
}

const flipInTimeOf = (
  rules: MembershipFacts["rules"],
  consumer: ComparedConsumer,
  now: number,
  status: MemberStatus
): MemberFlipInTime | null => {
  const millis = nextFlip(rules, consumer, now)
  if (millis === undefined) return null
  const at = DateTime.makeUnsafe(millis)
  return { status, at, text: `on ${DateTime.formatIso(at)} by time alone` }
}
