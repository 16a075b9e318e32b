import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { RuleUpdate } from "@audiences/domain/Rule"
import { decodeBody } from "../audiences/payload.ts"
import { audienceArgument, ruleArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { lineFlags, lineGiven } from "./OneLine.ts"
import { pointed } from "./TypedRules.ts"

export const change = Command.make(
  "update",
  { audience: audienceArgument, rule: ruleArgument, where: lineFlags.where, line: lineFlags.rule },
  Effect.fn("rules.update")(function* ({ audience, line, rule, where }) {
    const { given, line: found } = yield* lineGiven({ where, rule: line })
    // Its group stays: what is typed in one line says nothing of groups.
    const payload = yield* decodeBody(RuleUpdate, found)
    const { rules } = yield* AudiencesClient
    yield* printRecord(yield* pointed(rules.update({ params: { audienceId: audience, ruleId: rule }, payload }), given))
  })
).pipe(
  Command.withDescription("Change a rule; its group stays"),
  Command.withExamples([
    {
      command:
        "audiences rules update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f44 --where 'ltv >= 2000'",
      description: "Another amount"
    }
  ])
)
