import { Effect, Stream } from "effect"
import { asTable, note, printLines, printList } from "../output/Output.ts"
import { cell } from "../output/Cell.ts"
import type { Plan, Step } from "./AudiencePlan.ts"

const signs = { create: "+", update: "~", archive: "-", keep: " " } as const

const quoted = (text: string): string => JSON.stringify(text)

const people = (sign: string, { count, some }: { readonly count: number; readonly some: ReadonlyArray<string> }) =>
  count === 0
    ? []
    : [`      ${sign} ${some.join(", ")}${count > some.length ? `, and ${count - some.length} more` : ""}`]

const membershipLines = ({ action, membership }: Step): ReadonlyArray<string> => {
  if (membership === undefined) return []
  const { entering, leaving, members } = membership
  if (action === "create" || entering === undefined || leaving === undefined) return [`    members: ${members}`]
  const before = members - entering.count + leaving.count
  return [
    `    members: ${before} → ${members}, ${entering.count} would enter, ${leaving.count} would leave`,
    ...people("+", entering),
    ...people("-", leaving)
  ]
}

const shown = (value: unknown): string => (typeof value === "string" ? value : cell(value ?? "nothing"))

const stepLines = (step: Step): ReadonlyArray<string> => [
  `${signs[step.action]} ${step.action} ${quoted(step.name)} (${step.type}${step.id === undefined ? "" : `, ${step.id}`})`,
  ...step.changes.flatMap(({ field, from, to }) => [`    ${field}`, `      - ${shown(from)}`, `      + ${shown(to)}`]),
  ...membershipLines(step)
]

const missedLines = (step: Step): ReadonlyArray<string> =>
  step.expectations
    .filter(({ met }) => !met)
    .map(
      ({ consumer, expected, found }) => `! ${quoted(step.name)}: ${consumer} would be ${found}, expected ${expected}`
    )

/** How many steps are to do something. */
export const pendingSteps = ({ steps }: Plan): ReadonlyArray<Step> =>
  steps.map(({ step }) => step).filter(({ action }) => action !== "keep")

/** What was expected and does not come. */
export const missed = ({ steps }: Plan): number =>
  steps.reduce((count, { step }) => count + step.expectations.filter(({ met }) => !met).length, 0)

/** A plan for people on a terminal, the steps that do something as JSON otherwise; the sum on standard error. */
export const printPlan = Effect.fnUntraced(function* (plan: Plan) {
  const steps = plan.steps.map(({ step }) => step)
  if (yield* asTable) yield* printLines([...pendingSteps(plan).flatMap(stepLines), ...steps.flatMap(missedLines)])
  else
    yield* printList(
      Stream.fromIterable(steps.filter((step) => step.action !== "keep" || step.expectations.some(({ met }) => !met))),
      [],
      ""
    )
  if (plan.others.length > 0)
    yield* note(
      `Not in the file, and left alone: ${plan.others.map(({ id, name }) => `${quoted(name)} (${id})`).join(", ")}.`
    )
  const of = (action: Step["action"]) => steps.filter((step) => step.action === action).length
  yield* note(
    `${of("create")} to create, ${of("update")} to update, ${of("archive")} to archive, ${of("keep")} as they should be.`
  )
})
