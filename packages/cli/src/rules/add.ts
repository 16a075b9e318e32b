import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { RuleInput } from "@audiences/domain/Rule"
import { decodeBody } from "../audiences/payload.ts"
import { audienceArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"
import { lineFlags, lineGiven } from "./OneLine.ts"
import { pointed } from "./TypedRules.ts"

export const add = Command.make(
  "add",
  {
    audience: audienceArgument,
    ...lineFlags,
    group: Flag.String("group").pipe(
      Flag.optional,
      Flag.withMetavar("id"),
      Flag.withDescription(
        "Id of the group whose rules it joins, or of a new one; the rules without a group unless given"
      )
    )
  },
  Effect.fn("rules.add")(function* ({ audience, group, ...flags }) {
    const { given, line } = yield* lineGiven(flags)
    const payload = yield* decodeBody(RuleInput, { ...line, audienceId: audience, ...optionalKey("groupId", group) })
    const { rules } = yield* AudiencesClient
    yield* printRecord(yield* pointed(rules.create({ params: { audienceId: audience }, payload }), given))
  })
).pipe(
  Command.withDescription("Add a rule to an audience"),
  Command.withExamples([
    {
      command: "audiences rules add 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --where 'totalOrders >= 3'",
      description: "Which must hold, too"
    }
  ])
)
