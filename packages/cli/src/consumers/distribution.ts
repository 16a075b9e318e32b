import { Effect, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type DistributionBucket, distributionQuery, maxBucketCount } from "@audiences/domain/Distribution"
import { decodeBody } from "../audiences/payload.ts"
import { bar, shorterBar } from "../output/Bar.ts"
import { asTable, printList, printRecord, type Shown } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"

/** Buckets as a chart, each bar beside the longest. */
const chart = (buckets: ReadonlyArray<DistributionBucket>): ReadonlyArray<Shown<DistributionBucket>> => {
  const most = Math.max(...buckets.map(({ value }) => value))
  return [
    { title: "RANGE", align: "right", of: ({ range }) => range },
    { title: "CONSUMERS", align: "right", of: ({ value }) => value },
    { title: "SHARE", align: "right", of: ({ percentage }) => `${percentage.toFixed(1)}%` },
    { title: "", scaled: shorterBar, of: ({ value }) => bar(value, most) }
  ]
}

export const distribution = Command.make(
  "distribution",
  {
    field: Argument.String("field").pipe(
      Argument.optional,
      Argument.withDescription("A field of numbers or money, such as totalOrders; ltv unless given")
    ),
    buckets: Flag.Int("buckets").pipe(
      Flag.optional,
      Flag.withDescription(`Ranges to count in, 1 to ${maxBucketCount}; 10 unless given`)
    )
  },
  Effect.fn("consumers.distribution")(function* ({ buckets, field }) {
    const query = yield* decodeBody(Schema.Struct(distributionQuery), {
      ...optionalKey("field", field),
      ...optionalKey("buckets", Option.map(buckets, String))
    })
    const { consumers } = yield* AudiencesClient
    const found = yield* consumers.distribution({ query })
    if (!(yield* asTable)) return yield* printRecord(found)
    yield* printRecord({ field: found.field, consumers: found.totalCount, ...found.stats })
    yield* printList(Stream.fromIterable(found.buckets), chart(found.buckets), "No consumers.")
  })
).pipe(
  Command.withDescription("Show how the values of a field are spread, as a chart on a terminal"),
  Command.withExamples([
    { command: "audiences consumers distribution", description: "Of what consumers have spent" },
    { command: "audiences consumers distribution totalOrders --buckets 20", description: "Of another field" }
  ])
)
