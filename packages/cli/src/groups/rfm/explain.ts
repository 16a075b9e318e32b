import { Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { items } from "@audiences/client/Pages"
import { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import { maxPageSize } from "@audiences/domain/Page"
import type { RfmExplanation, RfmRun } from "@audiences/domain/Rfm"
import { consumerArgument, groupFlag } from "../../Ids.ts"
import { cell } from "../../output/Cell.ts"
import { asTable, printLines, printList, printRecord, type Shown } from "../../output/Output.ts"
import { UsageError } from "../../UsageError.ts"

/** A group of the scoring: all of an organization have the same ranks, so any tells them. */
const anyGroup = Effect.gen(function* () {
  const { audiences } = yield* AudiencesClient
  const found = items((cursor) => audiences.list({ query: { first: maxPageSize, type: "DYNAMIC", ...cursor } })).pipe(
    Stream.filter(({ groupType }) => groupType === "RFM"),
    Stream.runHead
  )
  const groupId = Option.getOrUndefined(yield* found)?.groupId
  return groupId == null
    ? yield* new UsageError({ message: "Nobody is scored yet: `audiences groups rfm create` does it." })
    : AudienceGroupId.make(groupId)
})

interface Explained {
  readonly dimension: string
  readonly rank: number
  /** Null: no order counts. */
  readonly value: string | number | null
  /** Where ranks were cut, from low to high. */
  readonly thresholds: ReadonlyArray<string | number>
}

const rounded = (days: number) => Math.round(days * 100) / 100

/** The three ranks, each with the value that the latest run cuts and where it cut. */
const explained = ({ ranks, values }: RfmExplanation, { thresholds }: RfmRun): ReadonlyArray<Explained> => [
  {
    dimension: "recency (days)",
    rank: ranks.recency,
    value: values === null ? null : rounded(values.recencyDays),
    thresholds: thresholds.recencyDays.map(rounded)
  },
  {
    dimension: "frequency (orders)",
    rank: ranks.frequency,
    value: values?.orderCount ?? null,
    thresholds: thresholds.frequency
  },
  {
    dimension: "monetary",
    rank: ranks.monetary,
    value: values?.monetary ?? null,
    thresholds: thresholds.monetary
  }
]

/** Which orders count, where it is not simply all. */
const countedText = ({ method, startedAt }: RfmRun): ReadonlyArray<string> =>
  method.source === "totals"
    ? []
    : [
        `Counted: orders ${method.windowDays === null ? "" : `of ${method.windowDays} days `}up to ${cell(method.asOf ?? startedAt)}.`
      ]

const columns: ReadonlyArray<Shown<Explained>> = [
  { title: "", of: ({ dimension }) => dimension },
  { title: "RANK", align: "right", of: ({ rank }) => rank },
  { title: "NOW", align: "right", of: ({ value }) => value },
  { title: "CUT AT", shrinks: true, of: ({ thresholds }) => thresholds.join(" | ") }
]

export const explain = Command.make(
  "explain",
  { consumer: consumerArgument, group: groupFlag.pipe(Flag.optional) },
  Effect.fn("rfm.explain")(function* ({ consumer: id, group }) {
    const { consumers, rfm } = yield* AudiencesClient
    const groupId = Option.isSome(group) ? group.value : yield* anyGroup
    const explanation = yield* rfm.explain({ params: { groupId, consumerId: id } })
    const { latestRun } = explanation
    const segments = (yield* consumers.audiences({ params: { id } })).filter(
      ({ groupId: own, groupType }) => groupType === "RFM" && (Option.isNone(group) || own === group.value)
    )
    if (latestRun === null)
      return yield* new UsageError({ message: "Nobody is scored yet: `audiences groups rfm run --watch` does it." })
    const dimensions = explained(explanation, latestRun)
    const names = segments.map(({ groupName, id, name }) => ({ id, name, groupName }))
    if (!(yield* asTable))
      return yield* printRecord({
        consumerId: id,
        segments: names,
        dimensions,
        values: explanation.values,
        run: latestRun
      })
    const isRanked = dimensions.some(({ rank }) => rank > 0)
    yield* printLines([
      isRanked
        ? names.length === 0
          ? "In no segment."
          : names.map(({ groupName, name }) => `${name}${groupName == null ? "" : ` of ${groupName}`}`).join(", ")
        : "Not ranked: no order counted when consumers were scored.",
      ...countedText(latestRun),
      ""
    ])
    yield* printList(Stream.fromIterable(dimensions), columns, "")
  })
).pipe(
  Command.withDescription("Explain the ranks of a consumer: the values, the cuts of the latest run, the segment"),
  Command.withExamples([
    {
      command:
        "audiences groups rfm explain 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --group 01984a3e-7c10-7a80-9d10-3c5f6d0c2f66",
      description: "In one of several segmentations"
    }
  ])
)
