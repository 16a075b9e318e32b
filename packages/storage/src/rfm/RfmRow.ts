import { RfmMethod } from "@audiences/domain/Rfm"
import { Schema } from "effect"

const Bound = Schema.Struct({
  value: Schema.String,
  cut: Schema.String,
  externalId: Schema.NullOr(Schema.String),
  consumerId: Schema.NullOr(Schema.String)
})
const Bounds = Schema.Struct({
  recency: Schema.Array(Bound),
  frequency: Schema.Array(Bound),
  monetary: Schema.Array(Bound)
})
const ScoringRow = Schema.Struct({
  method: RfmMethod,
  intervalSeconds: Schema.NullOr(Schema.Finite),
  requested: Schema.Finite,
  completed: Schema.Finite
})
const RunRow = Schema.Struct({
  id: Schema.String,
  method: RfmMethod,
  bounds: Bounds,
  requested: Schema.Finite,
  scoredCount: Schema.Finite,
  changedCount: Schema.Finite,
  nextBlock: Schema.Finite,
  startedAt: Schema.DateTimeUtcFromDate,
  completedAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  /** Both null: every consumer is scored. */
  sincePosition: Schema.NullOr(Schema.Finite),
  sinceAsOf: Schema.NullOr(Schema.DateTimeUtcFromDate)
})
export type RunRow = typeof RunRow.Type
export const decodeScorings = Schema.decodeUnknownEffect(Schema.Array(ScoringRow))
export const decodeRuns = Schema.decodeUnknownEffect(Schema.Array(RunRow))
export const encodeMethod = Schema.encodeSync(RfmMethod)
