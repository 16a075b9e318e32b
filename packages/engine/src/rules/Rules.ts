import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import {
  type Rule,
  RuleId,
  type RuleInput,
  type RuleLine,
  type RuleNotFound,
  type RulesReplace,
  type RuleUpdate
} from "@audiences/domain/Rule"
import { Uuid } from "@audiences/domain/Uuid"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer, Result } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { notDynamic } from "../audiences/AudienceTypeRefusal.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { enqueueRefresh } from "../refreshes/EnqueueRefresh.ts"
import { compileRule, maxRules, tooManyRules } from "./RuleCompiler.ts"
import { RuleRepo } from "./RuleRepo.ts"

type Refused = ValidationError | AudienceNotFound | AudienceArchived

/** The rules of a DYNAMIC audience. Every change of them asks for a refresh in the same transaction. */
export class Rules extends Context.Service<
  Rules,
  {
    readonly list: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<ReadonlyArray<Rule>, AudienceNotFound>
    readonly get: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      id: RuleId
    ) => Effect.Effect<Rule, AudienceNotFound | RuleNotFound>
    readonly create: (actor: Actor, audienceId: AudienceId, input: RuleInput) => Effect.Effect<Rule, Refused>
    readonly replace: (
      actor: Actor,
      audienceId: AudienceId,
      input: RulesReplace
    ) => Effect.Effect<ReadonlyArray<Rule>, Refused>
    readonly update: (
      actor: Actor,
      audienceId: AudienceId,
      id: RuleId,
      input: RuleUpdate
    ) => Effect.Effect<Rule, Refused | RuleNotFound>
    readonly remove: (
      actor: Actor,
      audienceId: AudienceId,
      id: RuleId
    ) => Effect.Effect<Rule, AudienceNotFound | AudienceArchived | RuleNotFound>
  }
>()("@audiences/engine/Rules") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* RuleRepo
      const clock = yield* DatabaseClock
      const queue = yield* JobQueue

      const add = Effect.fnUntraced(function* (
        actor: Actor,
        audienceId: AudienceId,
        inputs: ReadonlyArray<RuleInput>,
        place: "beside" | "instead",
        accept: (rules: ReadonlyArray<Rule>) => Effect.Effect<void, ValidationError>
      ) {
        const made = yield* Effect.forEach(inputs, (input) => makeRule(actor.organizationId, audienceId, input))
        const rules = yield* repo.insert(actor, yield* clock.now, audienceId, made, place, accept)
        yield* enqueueRefresh(queue, actor.organizationId, audienceId)
        return { made, rules }
      })

      const create = Effect.fn("Rules.create")(function* (actor: Actor, audienceId: AudienceId, input: RuleInput) {
        yield* refuseAny(input, inputProblems(audienceId, input))
        const { made, rules } = yield* add(actor, audienceId, [input], "beside", (all) =>
          refuseAny(input, listProblems(all))
        ).pipe(Effect.catchTag("AudienceTypeMismatch", () => notDynamic(input)))
        return rules.find(({ id }) => id === made[0]!.id)!
      })

      const replace = Effect.fn("Rules.replace")(function* (actor: Actor, audienceId: AudienceId, input: RulesReplace) {
        const problems = input.rules.flatMap((rule, i) =>
          inputProblems(audienceId, rule).map((problem) => ({ ...problem, path: ["rules", i, ...problem.path] }))
        )
        yield* refuseAny(input, [...problems, ...listProblems(input.rules, ["rules"])])
        const { rules } = yield* add(actor, audienceId, input.rules, "instead", () => Effect.void).pipe(
          Effect.catchTag("AudienceTypeMismatch", () => notDynamic(input))
        )
        return rules
      })

      const update = Effect.fn("Rules.update")(function* (
        actor: Actor,
        audienceId: AudienceId,
        id: RuleId,
        input: RuleUpdate
      ) {
        if (!sameId(input.audienceId ?? audienceId, audienceId)) return yield* refuse(input, [otherAudience])
        const { audienceId: _, ...patch } = input
        const rule = yield* repo.update(actor, yield* clock.now, audienceId, id, (stored) => {
          const changed = { ...stored, ...patch }
          const problems = lineProblems(changed)
          return problems.length > 0 ? Effect.fail(refuse(changed, problems)) : Effect.succeed(changed)
        })
        yield* enqueueRefresh(queue, actor.organizationId, audienceId)
        return rule
      })

      const remove = Effect.fn("Rules.remove")(function* (actor: Actor, audienceId: AudienceId, id: RuleId) {
        const rule = yield* repo.remove(actor, yield* clock.now, audienceId, id)
        yield* enqueueRefresh(queue, actor.organizationId, audienceId)
        return rule
      })

      return Rules.of({ list: repo.list, get: repo.get, create, replace, update, remove })
    })
  )
}

// Ids are the same in either case.
const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const otherAudience: Problem = {
  path: ["audienceId"],
  message: "audienceId must be the audience of the path",
  expected: "the id in the path"
}

const refuseAny = (input: unknown, problems: ReadonlyArray<Problem>) =>
  problems.length > 0 ? Effect.fail(refuse(input, problems)) : Effect.void

/** What is wrong with the list as a whole: its lines compile one by one. */
const listProblems = (rules: ReadonlyArray<RuleLine>, path: ReadonlyArray<string> = []): ReadonlyArray<Problem> =>
  rules.length > maxRules ? [{ ...tooManyRules(rules.length), path }] : []

const lineProblems = (line: RuleLine): ReadonlyArray<Problem> =>
  Result.match(compileRule(line, 0), { onSuccess: () => [], onFailure: (problems) => problems })

const inputProblems = (audienceId: AudienceId, input: RuleInput): ReadonlyArray<Problem> => [
  ...(sameId(input.audienceId, audienceId) ? [] : [otherAudience]),
  ...lineProblems(input)
]

const makeRule = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  audienceId: AudienceId,
  input: RuleInput
) {
  const rule: Rule = { ...input, id: RuleId.make(yield* yield* Uuid), audienceId, organizationId }
  return rule
})
