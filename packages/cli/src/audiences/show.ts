import { Effect } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull } from "@audiences/domain/Audience"
import type { Rule } from "@audiences/domain/Rule"
import { printGroups } from "@audiences/domain/where/WherePrinter"
import { audienceArgument } from "../Ids.ts"
import { asTable, printLines, printRecord } from "../output/Output.ts"

/** Rules as they are typed, a group in each line. */
const whereLines = (rules: ReadonlyArray<Rule>): ReadonlyArray<string> =>
  printGroups(rules).map((group, index) => `  ${index === 0 ? "" : "or "}${group}`)

/** Shows an audience, and on a terminal its rules below, as `--where` takes them. */
export const printAudience = Effect.fnUntraced(function* (audience: AudienceFull) {
  const { imports, primarySyncSource, rules, ...fields } = audience
  const latest = imports[0]
  yield* printRecord(audience, [
    ...Object.entries(fields),
    ["imports", latest === undefined ? undefined : `${imports.length}, the latest ${latest.status}`],
    ["syncSource", primarySyncSource?.syncSource]
  ])
  if (rules.length > 0 && (yield* asTable)) yield* printLines(["", "where", ...whereLines(rules)])
})

export const show = Command.make(
  "show",
  { audience: audienceArgument },
  Effect.fn("audiences.show")(function* ({ audience }) {
    const { audiences } = yield* AudiencesClient
    yield* printAudience(yield* audiences.get({ params: { audienceId: audience } }))
  })
).pipe(
  Command.withDescription("Show an audience and its rules"),
  Command.withExamples([
    {
      command: "audiences show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11",
      description: "On a terminal, with its rules as --where takes them"
    },
    {
      command: "audiences show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 --query rules.field",
      description: "The fields that its rules name"
    }
  ])
)
