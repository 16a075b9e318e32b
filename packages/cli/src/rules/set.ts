import { Effect, Option, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { printLine } from "@audiences/domain/where/WherePrinter"
import { jsonSource } from "../audiences/payload.ts"
import { audienceArgument } from "../Ids.ts"
import { printList } from "../output/Output.ts"
import { UsageError } from "../UsageError.ts"
import { replacement } from "./Replacement.ts"
import { pointed, rulesGiven, whereFlag } from "./TypedRules.ts"

export const set = Command.make(
  "set",
  {
    audience: audienceArgument,
    where: whereFlag("Rules in place of all that are there"),
    rules: jsonSource("rules", "The same as rule lines")
  },
  Effect.fn("rules.set")(function* ({ audience, ...flags }) {
    const given = yield* rulesGiven(flags)
    if (Option.isNone(given)) return yield* new UsageError({ message: "Say which rules: --where or --rules." })
    const { rules } = yield* AudiencesClient
    const payload = yield* replacement(audience, given.value.rules)
    const replaced = yield* pointed(rules.replace({ params: { audienceId: audience }, payload }), given)
    yield* printList(
      Stream.fromIterable(replaced),
      [
        { title: "ID", of: ({ id }) => id },
        { title: "RULE", shrinks: true, of: printLine }
      ],
      "No rules: nobody is in it."
    )
  })
).pipe(
  Command.withDescription("Replace all rules of an audience"),
  Command.withExamples([
    {
      command: "audiences rules set 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --where @vips.rules",
      description: "From a file"
    }
  ])
)
