import { Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { MemberExplanation, RuleExplained } from "@audiences/domain/MemberExplanation"
import { printLine } from "@audiences/domain/where/WherePrinter"
import { audienceArgument, consumerArgument } from "../Ids.ts"
import { asTable, printLines, printList, printRecord, type Shown } from "../output/Output.ts"

interface Line extends RuleExplained {
  readonly group: number
}

const columns: ReadonlyArray<Shown<Line>> = [
  { title: "GROUP", align: "right", of: ({ group }) => group },
  { title: "HOLDS", of: ({ holds }) => (holds ? "yes" : "no") },
  { title: "RULE", shrinks: true, of: ({ rule }) => printLine(rule) },
  { title: "VALUE", shrinks: true, of: ({ value }) => value }
]

const printExplanation = Effect.fnUntraced(function* (explanation: MemberExplanation) {
  if (!(yield* asTable)) return yield* printRecord(explanation)
  const lines = explanation.groups.flatMap(({ rules }, index) => rules.map((rule) => ({ ...rule, group: index + 1 })))
  yield* printLines([explanation.text, ...(lines.length === 0 ? [] : [""])])
  if (lines.length > 0) yield* printList(Stream.fromIterable(lines), columns, "")
})

export const explain = Command.make(
  "explain",
  { audience: audienceArgument, consumer: consumerArgument },
  Effect.fn("gate.explain")(function* ({ audience, consumer }) {
    const { gate } = yield* AudiencesClient
    yield* printExplanation(yield* gate.explain({ params: { audienceId: audience, consumerId: consumer } }))
  })
).pipe(
  Command.withDescription("Explain why a consumer is in an audience or not, since when, and what would change it"),
  Command.withExamples([
    {
      command: "audiences explain 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22",
      description: "Which of its rules hold"
    }
  ])
)
