import { Schema } from "effect"
import { ConsumerId } from "./Consumer.ts"
import { errorFields } from "./Errors.ts"
import { Instant, InstantInput } from "./Instant.ts"
import { Money } from "./Money.ts"
import { Text, UuidText } from "./Scalar.ts"

export const ActivityId = UuidText.pipe(Schema.brand("ActivityId"))
export type ActivityId = typeof ActivityId.Type

const uuid = UuidText
const nullable = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** What every kind of activity says, besides who and when. */
const about = { status: Text, productId: nullable(uuid), productName: nullable(Text), productImageUrl: nullable(Text) }
const inExperience = { ...about, experienceId: uuid, experienceName: Text, sequenceId: uuid, sequenceName: Text }

const auction = <At extends Schema.Top>(instant: At) => ({
  type: Schema.Literal("AUCTION"),
  ...inExperience,
  bidAmount: nullable(Money),
  maxBidAmount: nullable(Money),
  bidCount: nullable(Schema.Finite),
  firstBidAt: nullable(instant),
  lastBidAt: nullable(instant),
  completedAt: nullable(instant),
  winReason: nullable(Text)
})
const appointment = <At extends Schema.Top>(instant: At) => ({
  type: Schema.Literal("APPOINTMENT"),
  ...inExperience,
  bookedAt: nullable(instant),
  scheduledFor: nullable(instant),
  completedAt: nullable(instant),
  cancelledAt: nullable(instant),
  cancellationReason: nullable(Text)
})
const message = <At extends Schema.Top>(instant: At) => ({
  type: Schema.Literal("MESSAGE"),
  ...about,
  channelType: Text,
  template: Text,
  distributionId: nullable(uuid),
  experienceId: nullable(uuid),
  experienceName: nullable(Text),
  sequenceId: nullable(uuid),
  sequenceName: nullable(Text),
  sentAt: nullable(instant),
  deliveredAt: nullable(instant),
  failedAt: nullable(instant)
})
const queue = <At extends Schema.Top>(instant: At) => ({
  type: Schema.Literal("QUEUE"),
  ...inExperience,
  enqueuedAt: nullable(instant),
  dequeuedAt: nullable(instant),
  completedAt: nullable(instant),
  reason: nullable(Text),
  selectedVariantId: nullable(uuid)
})
const draw = <At extends Schema.Top>(instant: At) => ({
  type: Schema.Literal("DRAW"),
  ...inExperience,
  enteredAt: nullable(instant),
  selectedAt: nullable(instant),
  notifiedAt: nullable(instant),
  completedAt: nullable(instant),
  reason: nullable(Text)
})
const waitlist = <At extends Schema.Top>(instant: At) => ({
  type: Schema.Literal("WAITLIST"),
  ...inExperience,
  position: nullable(Schema.Finite),
  enteredAt: nullable(instant),
  notifiedAt: nullable(instant),
  convertedAt: nullable(instant)
})

const stored = { id: ActivityId, consumerId: ConsumerId, timestamp: Instant }

/** Something that a consumer did, or that was done for one. */
export const Activity = Schema.Union([
  Schema.Struct({ ...stored, ...appointment(Instant) }).annotate({ identifier: "AppointmentActivity" }),
  Schema.Struct({ ...stored, ...auction(Instant) }).annotate({ identifier: "AuctionActivity" }),
  Schema.Struct({ ...stored, ...draw(Instant) }).annotate({ identifier: "DrawActivity" }),
  Schema.Struct({ ...stored, ...message(Instant) }).annotate({ identifier: "MessageActivity" }),
  Schema.Struct({ ...stored, ...queue(Instant) }).annotate({ identifier: "QueueActivity" }),
  Schema.Struct({ ...stored, ...waitlist(Instant) }).annotate({ identifier: "WaitlistActivity" })
])
export type Activity = typeof Activity.Type
export type ActivityType = Activity["type"]

/** `id`: one of the caller's own, under which the activity is recorded once; made by the server unless given. `timestamp`: now unless given. */
const chosen = { id: Schema.optionalKey(ActivityId), timestamp: Schema.optionalKey(InstantInput) }

export const ActivityInput = Schema.Union([
  Schema.Struct({ ...chosen, ...appointment(InstantInput) }).annotate({ identifier: "AppointmentActivityInput" }),
  Schema.Struct({ ...chosen, ...auction(InstantInput) }).annotate({ identifier: "AuctionActivityInput" }),
  Schema.Struct({ ...chosen, ...draw(InstantInput) }).annotate({ identifier: "DrawActivityInput" }),
  Schema.Struct({ ...chosen, ...message(InstantInput) }).annotate({ identifier: "MessageActivityInput" }),
  Schema.Struct({ ...chosen, ...queue(InstantInput) }).annotate({ identifier: "QueueActivityInput" }),
  Schema.Struct({ ...chosen, ...waitlist(InstantInput) }).annotate({ identifier: "WaitlistActivityInput" })
])
export type ActivityInput = typeof ActivityInput.Type

export const defaultHistorySize = 100
export const maxHistorySize = 1000

/** The part of a history to read: `first`, 1 to 1000, 100 unless given, behind the cursor `after`. */
export const historyQuery = {
  first: Schema.optionalKey(
    Schema.FiniteFromString.check(
      Schema.isInt(),
      Schema.isBetween(
        { minimum: 1, maximum: maxHistorySize },
        { expected: `a whole number from 1 to ${maxHistorySize}` }
      )
    )
  ),
  after: Schema.optionalKey(Text)
}
export type HistoryQuery = Schema.Struct.Type<typeof historyQuery>

/** What a consumer did, the latest first. */
export const Timeline = Schema.Struct({
  consumerId: ConsumerId,
  activities: Schema.Array(Activity),
  /** Of all activities, not of those on this page. */
  totalCount: Schema.Finite,
  /** Extension: where the next page begins; null when none follows. */
  nextCursor: Schema.optionalKey(Schema.NullOr(Schema.String))
}).annotate({ identifier: "Timeline" })
export type Timeline = typeof Timeline.Type

/** The id is taken by another activity, or by the same one of another consumer. */
export class ActivityConflict extends Schema.Error<ActivityConflict>("ActivityConflict")(
  errorFields("ActivityConflict", "Activity id is taken by another activity"),
  { httpApiStatus: 409 }
) {}
