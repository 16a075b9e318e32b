import { DateTime, Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { items } from "@audiences/client/Pages"
import { AudienceGroupId } from "@audiences/domain/AudienceGroup"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import { maxPageSize } from "@audiences/domain/Page"
import type { RfmRun } from "@audiences/domain/Rfm"
import { consumerArgument, groupFlag } from "../../Ids.ts"
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
  /** Null: what the run saw is not kept. */
  readonly value: string | number | null
  /** Where ranks were cut, from low to high. */
  readonly thresholds: ReadonlyArray<string | number>
}

const rounded = (days: number) => Math.round(days * 100) / 100

/** The three ranks, each with the value that is there now and the cuts of the latest run. */
const explained = (consumer: ConsumerFull, { method, startedAt, thresholds }: RfmRun): ReadonlyArray<Explained> => {
  const { activityRank = 0, lastOrderAt, ltv = null, monetaryRank = 0 } = consumer
  const { purchaseFrequencyRank = 0, totalOrders = null } = consumer
  const isTotals = method.source === "totals"
  const asOf = DateTime.toEpochMillis(method.asOf ?? startedAt)
  const days = lastOrderAt == null ? null : rounded((asOf - DateTime.toEpochMillis(lastOrderAt)) / 86_400_000)
  return [
    {
      dimension: "recency (days)",
      rank: activityRank,
      value: isTotals ? days : null,
      thresholds: thresholds.recencyDays.map(rounded)
    },
    {
      dimension: "frequency (orders)",
      rank: purchaseFrequencyRank,
      value: isTotals ? totalOrders : null,
      thresholds: thresholds.frequency
    },
    { dimension: "monetary", rank: monetaryRank, value: isTotals ? ltv : null, thresholds: thresholds.monetary }
  ]
}

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
    const { latestRun } = yield* rfm.get({ params: { groupId } })
    const consumer = yield* consumers.get({ params: { id } })
    const segments = (yield* consumers.audiences({ params: { id } })).filter(
      ({ groupId: own, groupType }) => groupType === "RFM" && (Option.isNone(group) || own === group.value)
    )
    if (latestRun === null)
      return yield* new UsageError({ message: "Nobody is scored yet: `audiences groups rfm run --watch` does it." })
    const dimensions = explained(consumer, latestRun)
    const names = segments.map(({ groupName, id, name }) => ({ id, name, groupName }))
    if (!(yield* asTable)) return yield* printRecord({ consumerId: id, segments: names, dimensions, run: latestRun })
    const isRanked = dimensions.some(({ rank }) => rank > 0)
    yield* printLines([
      isRanked
        ? names.length === 0
          ? "In no segment."
          : names.map(({ groupName, name }) => `${name}${groupName == null ? "" : ` of ${groupName}`}`).join(", ")
        : "Not ranked: no order counted when consumers were scored.",
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
