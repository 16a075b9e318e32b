import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { readAudienceFile } from "./AudienceFile.ts"
import { ChangesPending, ExpectationsMissed } from "./PlanOutcome.ts"
import { makePlan } from "./AudiencePlan.ts"
import { missed, pendingSteps, printPlan } from "./PlanText.ts"

export const fileArgument = Argument.String("file").pipe(
  Argument.withDescription("YAML or JSON: audiences with name, where, …; - for standard input")
)

export const pruneFlag = Flag.Boolean("prune").pipe(
  Flag.withoutNegation,
  Flag.withDefault(false),
  Flag.withDescription("Archive live audiences that are not in the file")
)

/** Compares a file with the server, prints what is to be done, and fails if consumers would not be where they are expected. */
export const planned = Effect.fnUntraced(function* (file: string, prune: boolean) {
  const plan = yield* makePlan(yield* readAudienceFile(file), prune)
  yield* printPlan(plan)
  const count = missed(plan)
  if (count > 0)
    return yield* new ExpectationsMissed({
      message: `${count} ${count === 1 ? "consumer" : "consumers"} would not be where the file expects`
    })
  return plan
})

export const plan = Command.make(
  "plan",
  {
    file: fileArgument,
    prune: pruneFlag,
    check: Flag.Boolean("check").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Exit 8 if anything is to be done")
    )
  },
  Effect.fn("plans.plan")(function* ({ check, file, prune }) {
    const pending = pendingSteps(yield* planned(file, prune)).length
    if (check && pending > 0) return yield* new ChangesPending({ message: `The server is not as ${file} says` })
  })
).pipe(
  Command.withDescription("Show what `apply` would do: changes of definitions, who would enter and leave"),
  Command.withExamples([
    { command: "audiences plan audiences.yaml", description: "Before applying" },
    {
      command: "audiences plan audiences.yaml --check",
      description: "In CI: 0 nothing to do, 8 drift, 1 an expectation is missed"
    }
  ])
)
