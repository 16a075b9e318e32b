import { Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { Rule } from "@audiences/domain/Rule"
import { printLine } from "@audiences/domain/where/WherePrinter"
import { confirm } from "../confirmation/Confirmation.ts"
import { served } from "../connection/Server.ts"
import { audienceArgument, ruleArgument } from "../Ids.ts"
import { printList, printRecord, type Shown } from "../output/Output.ts"
import { add } from "./add.ts"
import { change } from "./change.ts"
import { set } from "./set.ts"

const columns: ReadonlyArray<Shown<Rule>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "GROUP", of: ({ groupId }) => groupId },
  { title: "RULE", shrinks: true, of: printLine }
]

const list = Command.make(
  "list",
  { audience: audienceArgument },
  Effect.fn("rules.list")(function* ({ audience }) {
    const { rules } = yield* AudiencesClient
    const found = yield* rules.list({ params: { audienceId: audience } })
    yield* printList(Stream.fromIterable(found), columns, "No rules: nobody is in it.")
  })
).pipe(
  Command.withDescription("List the rules of an audience: those of one group must all hold, and one group is enough"),
  Command.withExamples([
    { command: "audiences rules list 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11", description: "With their ids" }
  ])
)

const show = Command.make(
  "show",
  { audience: audienceArgument, rule: ruleArgument },
  Effect.fn("rules.show")(function* ({ audience, rule }) {
    const { rules } = yield* AudiencesClient
    yield* printRecord(yield* rules.get({ params: { audienceId: audience, ruleId: rule } }))
  })
).pipe(
  Command.withDescription("Show a rule"),
  Command.withExamples([
    {
      command: "audiences rules show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f44",
      description: "One line of it"
    }
  ])
)

const remove = Command.make(
  "remove",
  { audience: audienceArgument, rule: ruleArgument },
  Effect.fn("rules.remove")(function* ({ audience, rule }) {
    yield* confirm(`Remove the rule ${rule} of the audience ${audience}?`)
    const { rules } = yield* AudiencesClient
    yield* printRecord(yield* rules.remove({ params: { audienceId: audience, ruleId: rule } }))
  })
).pipe(
  Command.withDescription("Remove a rule"),
  Command.withExamples([
    {
      command: "audiences rules remove 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f44 --yes",
      description: "In a script, where nobody is asked"
    }
  ])
)

export const rules = Command.make("rules").pipe(
  Command.withDescription("Rules of a DYNAMIC audience, one by one or all at once"),
  Command.withSubcommands([served(list), served(show), served(set), served(add), served(change), served(remove)])
)
