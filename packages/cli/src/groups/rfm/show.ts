import { Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { RfmGroup, RfmMethod } from "@audiences/domain/Rfm"
import { groupArgument } from "../../Ids.ts"
import { cell } from "../../output/Cell.ts"
import { asTable, printLines, printList, printRecord } from "../../output/Output.ts"
import { sizeColumns, withSizes } from "../SegmentSizes.ts"

const thousands = new Intl.NumberFormat("en")

const methodText = ({ asOf, bins, cuts, source, ties, windowDays }: RfmMethod): string =>
  [
    `${source}${windowDays === null ? "" : ` of ${windowDays} days`}`,
    `${bins} bins`,
    `cuts ${cuts}`,
    `ties ${ties}`,
    `as of ${asOf === null ? "each run" : cell(asOf)}`
  ].join(", ")

const runText = ({ latestRun }: RfmGroup): string => {
  if (latestRun === null) return "never"
  const { changedCount, completedAt, scoredCount, startedAt } = latestRun
  const counts = `${thousands.format(scoredCount)} who ordered, ${thousands.format(changedCount)} ranks changed`
  return completedAt === null ? `since ${cell(startedAt)}, not completed` : `${cell(completedAt)}: ${counts}`
}

/** Shows how consumers are scored, and on a terminal the sizes of the segments as a chart. */
export const printRfm = Effect.fnUntraced(function* (group: RfmGroup) {
  const segments = (yield* withSizes(group.audiences)).map(({ count, id, name }) => ({ id, name, count }))
  const { audiences: _, ...fields } = group
  yield* printRecord({ ...fields, segments }, [
    ["group", group.groupId],
    ["method", methodText(group.method)],
    ["every", group.intervalSeconds === null ? "on demand" : `${group.intervalSeconds} s`],
    ["scored", runText(group)],
    ["running", group.inProgress ? "a scoring is in progress" : undefined]
  ])
  if (!(yield* asTable)) return
  yield* printLines([""])
  const named = { title: "SEGMENT", shrinks: true, of: ({ name }: { readonly name: string }) => name }
  yield* printList(Stream.fromIterable(segments), [named, ...sizeColumns(segments)], "")
})

export const show = Command.make(
  "show",
  { group: groupArgument },
  Effect.fn("rfm.show")(function* ({ group }) {
    const { rfm } = yield* AudiencesClient
    yield* printRfm(yield* rfm.get({ params: { groupId: group } }))
  })
).pipe(
  Command.withDescription("Show the segments of a scoring, and how many are in each"),
  Command.withExamples([
    { command: "audiences groups rfm show 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66", description: "Segments and sizes" }
  ])
)
