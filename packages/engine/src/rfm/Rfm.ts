import type { Actor } from "@audiences/domain/Actor"
import { AudienceGroupArchived, AudienceGroupId, AudienceGroupNotFound } from "@audiences/domain/AudienceGroup"
import type { ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmExplanation, RfmGroup, RfmInput } from "@audiences/domain/Rfm"
import { Uuid } from "@audiences/domain/Uuid"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Cause, Context, Effect, Layer, Option } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { AudienceGroupRepo } from "../groups/AudienceGroupRepo.ts"
import { Segmentations } from "../groups/Segmentations.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { boundsOf, neededPlaces } from "./RfmCutting.ts"
import { defaultMethod } from "./RfmMethods.ts"
import { plannedSegmentation } from "./RfmPlan.ts"
import { RfmRepo } from "./RfmRepo.ts"

/** Scores consumers by recency, frequency and amount, and keeps an audience for each segment of a map of the ranks. */
export class Rfm extends Context.Service<
  Rfm,
  {
    readonly create: (actor: Actor, input: RfmInput) => Effect.Effect<RfmGroup, ValidationError>
    readonly get: (
      organizationId: OrganizationId,
      groupId: AudienceGroupId
    ) => Effect.Effect<RfmGroup, AudienceGroupNotFound>
    readonly replace: (
      actor: Actor,
      groupId: AudienceGroupId,
      input: RfmInput
    ) => Effect.Effect<RfmGroup, ValidationError | AudienceGroupNotFound | AudienceGroupArchived>
    /** The ranks of a consumer beside the values that the latest run cuts. */
    readonly explain: (
      organizationId: OrganizationId,
      groupId: AudienceGroupId,
      consumerId: ConsumerId
    ) => Effect.Effect<RfmExplanation, AudienceGroupNotFound | ConsumerNotFound>
    /** Asks for a run; answers at once, while it is in progress. */
    readonly request: (
      actor: Actor,
      groupId: AudienceGroupId
    ) => Effect.Effect<RfmGroup, AudienceGroupNotFound | AudienceGroupArchived>
    /** Does the run that is asked for, or goes on with one that was cut off. Idempotent: nothing asked for, nothing done. One that fails is put off. */
    readonly run: (organizationId: OrganizationId) => Effect.Effect<void>
    /** Hands every run whose time has come, or that was asked for but lost, to the job queue. */
    readonly enqueueDue: Effect.Effect<void>
  }
>()("@audiences/engine/Rfm") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* RfmRepo
      const groups = yield* AudienceGroupRepo
      const segmentations = yield* Segmentations
      const clock = yield* DatabaseClock
      const queue = yield* JobQueue

      // One that is lost is found by `enqueueDue`.
      const enqueue = (organizationId: OrganizationId) =>
        queue
          .enqueue({ _tag: "Rfm", organizationId })
          .pipe(Effect.catchCause((cause) => Effect.logWarning("A scoring was not enqueued; it will be found", cause)))

      const stateOf = (organizationId: OrganizationId) =>
        Effect.map(
          repo.state(organizationId),
          Option.getOrElse(() => ({
            method: defaultMethod,
            intervalSeconds: null,
            inProgress: false,
            latestRun: null
          }))
        )

      const get = Effect.fn("Rfm.get")(function* (organizationId: OrganizationId, groupId: AudienceGroupId) {
        const audiences = (yield* groups.get(organizationId, groupId)).filter(({ groupType }) => groupType === "RFM")
        if (audiences.length === 0) return yield* new AudienceGroupNotFound()
        const placeOf = ({ metadata }: (typeof audiences)[number]) => Number(metadata?.rfmOrder ?? 0)
        return {
          groupId,
          audiences: audiences.toSorted((a, b) => placeOf(a) - placeOf(b)),
          ...(yield* stateOf(organizationId))
        }
      })

      const explain = Effect.fn("Rfm.explain")(function* (
        organizationId: OrganizationId,
        groupId: AudienceGroupId,
        consumerId: ConsumerId
      ) {
        yield* get(organizationId, groupId)
        return yield* repo.explain(organizationId, consumerId)
      })

      const begun = Effect.fnUntraced(function* (actor: Actor, groupId: AudienceGroupId) {
        const group = yield* Effect.orDie(get(actor.organizationId, groupId))
        yield* enqueue(actor.organizationId)
        return group
      })

      const create = Effect.fn("Rfm.create")(function* (actor: Actor, input: RfmInput) {
        const groupId = AudienceGroupId.make(yield* yield* Uuid)
        yield* segmentations.create(actor, yield* plannedSegmentation(repo, actor, groupId, input, "rfm.create"))
        return yield* begun(actor, groupId)
      })

      const replace = Effect.fn("Rfm.replace")(function* (actor: Actor, groupId: AudienceGroupId, input: RfmInput) {
        yield* groups.get(actor.organizationId, groupId)
        yield* segmentations
          .replace(actor, yield* plannedSegmentation(repo, actor, groupId, input, "rfm.replace"))
          .pipe(
            Effect.catchTag("GroupTypeMismatch", () =>
              refuse(input, [
                {
                  path: [],
                  type: "group_type",
                  expected: "a group of RFM audiences",
                  message: "Audience group has no RFM segments: create a segmentation with POST /audiences/rfm"
                }
              ])
            )
          )
        return yield* begun(actor, groupId)
      })

      const request = Effect.fn("Rfm.request")(function* (actor: Actor, groupId: AudienceGroupId) {
        const { audiences } = yield* get(actor.organizationId, groupId)
        if (audiences.every(({ archived }) => archived)) return yield* new AudienceGroupArchived()
        yield* repo.request(actor, yield* clock.now)
        const group = yield* get(actor.organizationId, groupId)
        yield* enqueue(actor.organizationId)
        return group
      })

      const score = Effect.fnUntraced(function* (organizationId: OrganizationId) {
        const cutting = { places: neededPlaces, bounds: boundsOf }
        const id = yield* repo.begin(organizationId, yield* clock.now, yield* yield* Uuid, cutting)
        if (Option.isNone(id)) return
        while (!(yield* repo.advance(organizationId, yield* clock.now, id.value)));
      })

      // The row, not the queue, knows when to try again: the scheduler would hand over at once what the queue puts off.
      const run = Effect.fn("Rfm.run")((organizationId: OrganizationId) =>
        score(organizationId).pipe(
          Effect.catchDefect((defect) =>
            Effect.gen(function* () {
              yield* Effect.logError("A scoring failed; it will be tried again", Cause.die(defect))
              yield* repo.failed(organizationId, yield* clock.now)
            })
          ),
          Effect.annotateLogs({ organizationId })
        )
      )

      const enqueueDue = Effect.gen(function* () {
        yield* Effect.forEach(yield* repo.takeDue(yield* clock.now), enqueue, { discard: true })
      }).pipe(Effect.withSpan("Rfm.enqueueDue"))

      return Rfm.of({ create, get, explain, replace, request, run, enqueueDue })
    })
  )
}
