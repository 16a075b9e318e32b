import { Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull } from "@audiences/domain/Audience"
import type { Rule } from "@audiences/domain/Rule"
import { audienceArgument } from "../Ids.ts"
import { asTable, blankLine, printList, printRecord, type Shown } from "../output/Output.ts"

const ruleColumns: ReadonlyArray<Shown<Rule>> = [
  { title: "GROUP", of: ({ groupId }) => groupId?.slice(-8) },
  { title: "FIELD", shrinks: true, of: ({ field }) => field },
  { title: "OPERATOR", of: ({ operator }) => operator },
  { title: "VALUES", shrinks: true, of: ({ values }) => values.map((value) => JSON.stringify(value)).join(", ") }
]

/** Shows an audience, and on a terminal its rules as a table below. */
export const printAudience = Effect.fnUntraced(function* (audience: AudienceFull) {
  const { imports, primarySyncSource, rules, ...fields } = audience
  const latest = imports[0]
  yield* printRecord(audience, [
    ...Object.entries(fields),
    ["imports", latest === undefined ? undefined : `${imports.length}, the latest ${latest.status}`],
    ["syncSource", primarySyncSource?.syncSource]
  ])
  if (rules.length > 0 && (yield* asTable)) {
    yield* blankLine
    yield* printList(Stream.fromIterable(rules), ruleColumns, "No rules.")
  }
})

export const show = Command.make(
  "show",
  { audience: audienceArgument },
  Effect.fn("audiences.show")(function* ({ audience }) {
    const { audiences } = yield* AudiencesClient
    yield* printAudience(yield* audiences.get({ params: { audienceId: audience } }))
  })
).pipe(Command.withDescription("Show an audience and its rules"))
