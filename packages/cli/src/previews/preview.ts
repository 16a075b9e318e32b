import { Effect, Option, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type AudiencePreview, PreviewInput, type Sample } from "@audiences/domain/AudiencePreview"
import { decodeBody, jsonSource } from "../audiences/payload.ts"
import { columns } from "../consumers/columns.ts"
import { asTable, printLines, printList, printRecord } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"
import { pointed, rulesGiven, whereFlag } from "../rules/TypedRules.ts"
import { UsageError } from "../UsageError.ts"

const printSample = Effect.fnUntraced(function* (title: string, sample: Sample | undefined) {
  if (sample === undefined || sample.data.length === 0) return
  const rest = sample.count - sample.data.length
  yield* printLines(["", `${title}${rest > 0 ? `, ${sample.data.length} of ${sample.count}` : ""}`])
  yield* printList(Stream.fromIterable(sample.data), columns, "")
})

const printPreview = Effect.fnUntraced(function* (preview: AudiencePreview) {
  const { asOf, entering, leaving, members } = preview
  yield* printRecord(preview, [
    ["asOf", asOf],
    ["members", members.count],
    ["entering", entering?.count],
    ["leaving", leaving?.count]
  ])
  if (!(yield* asTable)) return
  yield* printSample("members", members)
  yield* printSample("entering", entering)
  yield* printSample("leaving", leaving)
})

export const preview = Command.make(
  "preview",
  {
    where: whereFlag("Rules to try"),
    rules: jsonSource("rules", "The same as rule lines"),
    audience: Flag.String("audience").pipe(
      Flag.filterMap(Schema.decodeUnknownOption(AudienceId), () => "Expected the id of an audience"),
      Flag.optional,
      Flag.withMetavar("id"),
      Flag.withDescription("A DYNAMIC audience to compare with: who would enter, and who would leave")
    ),
    sample: Flag.Int("sample").pipe(
      Flag.optional,
      Flag.withDescription("Consumers to show of each kind, 0 to 100 (10 unless given)")
    )
  },
  Effect.fn("previews.preview")(function* (flags) {
    const given = yield* rulesGiven(flags)
    if (Option.isNone(given)) return yield* new UsageError({ message: "Say which rules to try: --where or --rules." })
    const payload = yield* decodeBody(PreviewInput, {
      rules: given.value.rules,
      ...optionalKey("audienceId", flags.audience),
      ...optionalKey("sampleSize", flags.sample)
    })
    const { previews } = yield* AudiencesClient
    yield* printPreview(yield* pointed(previews.preview({ payload }), given))
  })
).pipe(
  Command.withDescription("Try rules out: how many they select, and who would enter and leave an audience"),
  Command.withExamples([
    {
      command: "audiences preview --where 'lastOrderAt < -P90D'",
      description: "How many have not ordered for 90 days"
    },
    {
      command: "audiences preview --where 'ltv >= 2000' --audience 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11",
      description: "Who would enter and leave if an audience had these rules"
    }
  ])
)
