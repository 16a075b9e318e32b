import { Schema } from "effect"
import { AudienceFull, AudienceName } from "./Audience.ts"
import { ConsumerId } from "./Consumer.ts"
import { Instant, InstantInput } from "./Instant.ts"
import { Text, UuidText } from "./Scalar.ts"

const whole = (minimum: number, maximum: number) =>
  Schema.Finite.check(
    Schema.isInt(),
    Schema.isBetween({ minimum, maximum }, { expected: `a whole number from ${minimum} to ${maximum}` })
  )

/** Where recency, frequency and amount of a consumer come from: its totals, or the orders that are recorded. */
export const RfmSource = Schema.Literals(["totals", "orders"]).annotate({ identifier: "RfmSource" })

/**
 * How values are cut into bins. `quantile7`: at the type-7 quantiles, a value on a cut in the lower bin; `r-rfm`: at these plus 1, a
 * value on a cut in the upper bin, as the R package `rfm` does; `fixed`: at the thresholds given, a value on one in the lower bin.
 */
export const RfmCuts = Schema.Literals(["quantile7", "r-rfm", "fixed"]).annotate({ identifier: "RfmCuts" })

/** Equal values get one rank (`value`), or are put in a row by external id, then id, before they are cut (`rank-first`). */
export const RfmTies = Schema.Literals(["value", "rank-first"]).annotate({ identifier: "RfmTies" })

/** Where the bins are cut, from low to high: days since the last order, orders, amounts. One less than there are bins. */
export const RfmThresholds = Schema.Struct({
  recencyDays: Schema.Array(Schema.Finite),
  frequency: Schema.Array(Schema.Finite),
  monetary: Schema.Array(Text)
}).annotate({ identifier: "RfmThresholds" })
export type RfmThresholds = typeof RfmThresholds.Type

/** Everything that decides a rank but the data. */
export const RfmMethod = Schema.Struct({
  source: RfmSource,
  /** Of `orders`: only those of as many days before the reference instant. Null: all. */
  windowDays: Schema.NullOr(whole(1, 36_500)),
  /** The reference instant. Null: the instant of each run. */
  asOf: Schema.NullOr(Instant),
  bins: whole(2, 5),
  cuts: RfmCuts,
  ties: RfmTies,
  /** Of `fixed`; null otherwise. */
  thresholds: Schema.NullOr(RfmThresholds)
}).annotate({ identifier: "RfmMethod" })
export type RfmMethod = typeof RfmMethod.Type

/** An absent key is the default: totals, as of each run, five bins, `quantile7`, ties by value. */
export const RfmMethodInput = Schema.Struct({
  source: Schema.optionalKey(RfmSource),
  windowDays: Schema.optionalKey(RfmMethod.fields.windowDays),
  asOf: Schema.optionalKey(Schema.NullOr(InstantInput)),
  bins: Schema.optionalKey(RfmMethod.fields.bins),
  cuts: Schema.optionalKey(RfmCuts),
  ties: Schema.optionalKey(RfmTies),
  thresholds: Schema.optionalKey(RfmMethod.fields.thresholds)
}).annotate({ identifier: "RfmMethodInput" })
export type RfmMethodInput = typeof RfmMethodInput.Type

/** From and to, both included. */
const RankRange = Schema.Tuple([whole(1, 5), whole(1, 5)])

/** A box of ranks; an absent range is all of them. Boxes of one name are one segment. */
export const RfmSegment = Schema.Struct({
  name: AudienceName,
  recency: Schema.optionalKey(RankRange),
  frequency: Schema.optionalKey(RankRange),
  monetary: Schema.optionalKey(RankRange)
}).annotate({ identifier: "RfmSegment" })
export type RfmSegment = typeof RfmSegment.Type

export const RfmMapName = Schema.Literals(["fanfare5", "rfm10", "grid10"]).annotate({ identifier: "RfmMapName" })
export type RfmMapName = typeof RfmMapName.Type

/** A map by its name, or one of the caller's own: the first box that has a consumer's ranks decides. */
export const RfmMap = Schema.Union([RfmMapName, Schema.Array(RfmSegment)])
export type RfmMap = typeof RfmMap.Type

export const RfmInput = Schema.Struct({
  groupName: Text,
  /** `fanfare5` unless given. */
  segmentMap: Schema.optionalKey(RfmMap),
  /** Of the organization: its consumers have one set of ranks. An absent method leaves the one that is there. */
  method: Schema.optionalKey(RfmMethodInput),
  /** Seconds from one scoring to the next; a day unless given. Null: only on demand. */
  intervalSeconds: Schema.optionalKey(Schema.NullOr(whole(60, 31_536_000)))
}).annotate({ identifier: "RfmInput" })
export type RfmInput = typeof RfmInput.Type

/** One scoring of all consumers: its method with the reference instant, and the thresholds it found. */
export const RfmRun = Schema.Struct({
  id: UuidText,
  method: RfmMethod,
  thresholds: RfmThresholds,
  /** Consumers that have ordered, and those whose ranks changed so far. */
  scoredCount: Schema.Finite,
  changedCount: Schema.Finite,
  startedAt: Instant,
  completedAt: Schema.NullOr(Instant)
}).annotate({ identifier: "RfmRun" })
export type RfmRun = typeof RfmRun.Type

/** What a run counts of a consumer: by its source, of its window, up to its reference instant, as the data is now. */
export const RfmValues = Schema.Struct({
  lastOrderAt: Instant,
  /** From the last order to the reference instant. */
  recencyDays: Schema.Finite,
  orderCount: Schema.Finite,
  monetary: Text
}).annotate({ identifier: "RfmValues" })
export type RfmValues = typeof RfmValues.Type

/** The ranks of a consumer beside the values that its latest run cuts. */
export const RfmExplanation = Schema.Struct({
  consumerId: ConsumerId,
  /** Each 0: no order counted when consumers were scored. */
  ranks: Schema.Struct({ recency: Schema.Finite, frequency: Schema.Finite, monetary: Schema.Finite }),
  /** Null: no order counts, or nobody is scored yet. */
  values: Schema.NullOr(RfmValues),
  latestRun: Schema.NullOr(RfmRun)
}).annotate({ identifier: "RfmExplanation" })
export type RfmExplanation = typeof RfmExplanation.Type

export const RfmGroup = Schema.Struct({
  groupId: UuidText,
  audiences: Schema.Array(AudienceFull),
  method: RfmMethod,
  intervalSeconds: Schema.NullOr(Schema.Finite),
  /** A scoring is asked for and not completed. */
  inProgress: Schema.Boolean,
  latestRun: Schema.NullOr(RfmRun)
}).annotate({ identifier: "RfmGroup" })
export type RfmGroup = typeof RfmGroup.Type
