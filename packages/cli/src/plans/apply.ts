import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { note } from "../output/Output.ts"
import { UsageError } from "../UsageError.ts"
import type { Declared } from "./AudienceFile.ts"
import { settable } from "./Definition.ts"
import type { Plan, Step } from "./AudiencePlan.ts"
import { fileArgument, planned, pruneFlag } from "./plan.ts"
import { pendingSteps } from "./PlanText.ts"

/** The fields of a declaration under the names of the wire. */
const fieldsOf = (declared: Declared) =>
  Object.fromEntries(settable.filter((field) => declared[field] !== undefined).map((field) => [field, declared[field]]))

const create = Effect.fnUntraced(function* (declared: Declared, { name, type }: Step) {
  const { audiences } = yield* AudiencesClient
  const { primarySyncSource, rules } = declared
  const { id } = yield* audiences.create({
    payload: {
      name,
      type,
      ...fieldsOf(declared),
      ...(rules === undefined ? {} : { rules }),
      ...(primarySyncSource === undefined ? {} : { primarySyncSource })
    }
  })
  yield* note(`Created ${JSON.stringify(name)} (${id}).`)
  return id
})

const update = Effect.fnUntraced(function* (declared: Declared, audienceId: AudienceId, { changes, name }: Step) {
  const { audiences, rules } = yield* AudiencesClient
  const params = { audienceId }
  // Rules first: they are what is most likely refused, and then nothing of the audience has changed.
  if (changes.some(({ field }) => field === "where"))
    yield* rules.replace({
      params,
      payload: { rules: (declared.rules ?? []).map((line) => ({ ...line, audienceId })) }
    })
  if (changes.some(({ field }) => field !== "where"))
    yield* audiences.update({ params, payload: { name, ...fieldsOf(declared) } })
  yield* note(`Updated ${JSON.stringify(name)} (${audienceId}).`)
  return audienceId
})

const archive = Effect.fnUntraced(function* (audienceId: AudienceId, { name }: Step) {
  const { audiences } = yield* AudiencesClient
  yield* audiences.archive({ params: { audienceId } })
  yield* note(`Archived ${JSON.stringify(name)} (${audienceId}).`)
  return audienceId
})

/** Does a step, and gives the id of the audience it did something to. */
export const perform = Effect.fnUntraced(function* ({ declared, step }: Plan["steps"][number]) {
  if (step.action === "archive" && step.id !== undefined) return yield* archive(step.id, step)
  if (step.action === "create" && declared !== undefined) return yield* create(declared, step)
  if (step.action === "update" && declared !== undefined && step.id !== undefined)
    return yield* update(declared, step.id, step)
  return step.id
})

export const apply = Command.make(
  "apply",
  {
    file: fileArgument,
    prune: pruneFlag,
    yes: Flag.Boolean("yes").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Do archive, with --prune")
    )
  },
  Effect.fn("plans.apply")(function* ({ file, prune, yes }) {
    const plan = yield* planned(file, prune)
    const archives = pendingSteps(plan).filter(({ action }) => action === "archive").length
    if (archives > 0 && !yes)
      return yield* new UsageError({
        message: `${archives} ${archives === 1 ? "audience" : "audiences"} would be archived, for good: add --yes if that is meant. Nothing was done.`
      })
    yield* Effect.forEach(plan.steps, perform, { discard: true })
  })
).pipe(
  Command.withDescription("Make the audiences of the server as a file says; again, it does nothing"),
  Command.withExamples([{ command: "audiences apply audiences.yaml", description: "Shows the plan, and does it" }])
)
