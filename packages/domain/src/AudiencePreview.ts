import { Schema } from "effect"
import { AudienceId } from "./AudienceId.ts"
import { ConsumerFull } from "./Consumer.ts"
import { Instant } from "./Instant.ts"
import { RuleLine } from "./Rule.ts"

export const PreviewInput = Schema.Struct({
  rules: Schema.Array(RuleLine),
  /** A DYNAMIC audience to compare with: who would enter, and who would leave. */
  audienceId: Schema.optionalKey(Schema.NullOr(AudienceId)),
  /** Consumers to show of each kind; 10 unless given. */
  sampleSize: Schema.optionalKey(
    Schema.Finite.check(
      Schema.isInt(),
      Schema.isBetween({ minimum: 0, maximum: 100 }, { expected: "a whole number from 0 to 100" })
    )
  )
}).annotate({ identifier: "PreviewInput" })
export type PreviewInput = typeof PreviewInput.Type

/** Some consumers, and how many there are; those with the lowest ids are shown. */
export const Sample = Schema.Struct({ count: Schema.Finite, data: Schema.Array(ConsumerFull) }).annotate({
  identifier: "Sample"
})
export type Sample = typeof Sample.Type

/** What rules would make of an audience. Nothing is saved. */
export const AudiencePreview = Schema.Struct({
  asOf: Instant,
  members: Sample,
  /** Only with `audienceId`. */
  entering: Schema.optionalKey(Sample),
  leaving: Schema.optionalKey(Sample)
}).annotate({ identifier: "AudiencePreview" })
export type AudiencePreview = typeof AudiencePreview.Type
