import { Effect, Option } from "effect"
import { Flag } from "effect/cli"
import { RfmCuts, RfmInput, RfmMapName, RfmSource, RfmTies } from "@audiences/domain/Rfm"
import { decodeBody, durationFlag, jsonSource, readJson } from "../../audiences/payload.ts"
import { optionalKey } from "../../Paging.ts"
import { UsageError } from "../../UsageError.ts"
import { watchFlag } from "../watchFlag.ts"

/** How consumers are scored, and which segments are made of it. */
export const rfmFlags = {
  map: Flag.Literals("map", RfmMapName.literals).pipe(
    Flag.optional,
    Flag.withDescription("Segments by name (fanfare5 for a new group)")
  ),
  segments: jsonSource(
    "segments",
    'Segments of your own: [{"name", "recency": [from, to], "frequency", "monetary"}, …]'
  ),
  source: Flag.Literals("source", RfmSource.literals).pipe(
    Flag.optional,
    Flag.withDescription("totals of consumers, or the orders that are recorded")
  ),
  windowDays: Flag.Int("window-days").pipe(
    Flag.optional,
    Flag.withDescription("With --source orders: only those of so many days")
  ),
  asOf: Flag.String("as-of").pipe(
    Flag.optional,
    Flag.withMetavar("instant"),
    Flag.withDescription("Reference instant, such as 2026-01-31; that of each run unless given")
  ),
  bins: Flag.Int("bins").pipe(Flag.optional, Flag.withDescription("Ranks, 2 to 5 (5 unless given)")),
  cuts: Flag.Literals("cuts", RfmCuts.literals).pipe(
    Flag.optional,
    Flag.withDescription("Where ranks are cut (quantile7 unless given)")
  ),
  ties: Flag.Literals("ties", RfmTies.literals).pipe(
    Flag.optional,
    Flag.withDescription("Whether equal values have one rank (value), or are put in a row (rank-first)")
  ),
  thresholds: jsonSource("thresholds", 'With --cuts fixed: {"recencyDays": […], "frequency": […], "monetary": […]}'),
  interval: durationFlag("interval", "Time between scorings, such as 1d (a day unless given)").pipe(Flag.optional),
  onDemand: Flag.Boolean("on-demand").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Score only when `groups rfm run` asks for it")
  ),
  watch: watchFlag
}

type RfmFlags = {
  readonly [Name in keyof typeof rfmFlags]: (typeof rfmFlags)[Name] extends Flag.Flag<infer A> ? A : never
}

const jsonKey = Effect.fnUntraced(function* (key: string, flag: string, source: Option.Option<string>) {
  return Option.isNone(source) ? {} : { [key]: yield* readJson(flag, source.value) }
})

/** The body that flags mean. */
export const rfmInput = Effect.fnUntraced(function* (groupName: string, flags: RfmFlags) {
  if (Option.isSome(flags.map) && Option.isSome(flags.segments))
    return yield* new UsageError({ message: "--map or --segments: one of them." })
  if (Option.isSome(flags.interval) && flags.onDemand)
    return yield* new UsageError({ message: "--interval or --on-demand: one of them." })
  const method = {
    ...optionalKey("source", flags.source),
    ...optionalKey("windowDays", flags.windowDays),
    ...optionalKey("asOf", flags.asOf),
    ...optionalKey("bins", flags.bins),
    ...optionalKey("cuts", flags.cuts),
    ...optionalKey("ties", flags.ties),
    ...(yield* jsonKey("thresholds", "thresholds", flags.thresholds))
  }
  return yield* decodeBody(RfmInput, {
    groupName,
    ...optionalKey("segmentMap", flags.map),
    ...(yield* jsonKey("segmentMap", "segments", flags.segments)),
    ...(Object.keys(method).length === 0 ? {} : { method }),
    ...(flags.onDemand ? { intervalSeconds: null } : optionalKey("intervalSeconds", flags.interval))
  })
})
