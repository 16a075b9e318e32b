import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AudienceStatus } from "@audiences/domain/Membership"
import type { OrganizationId } from "@audiences/domain/Organization"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Cause, Context, Effect, Layer, Option, Result } from "effect"
import { notDynamic } from "../audiences/AudienceTypeRefusal.ts"
import { AudienceRepo, type DueRefresh } from "../audiences/AudienceRepo.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { Evaluator } from "../memberships/Evaluator.ts"
import { MembershipRepo } from "../memberships/MembershipRepo.ts"
import { PublicationFeed } from "../memberships/PublicationFeed.ts"
import { compileRules } from "../rules/RuleCompiler.ts"
import { enqueueRefresh } from "./EnqueueRefresh.ts"

/** The evaluation of DYNAMIC audiences against all consumers of their organization. */
export class Refreshes extends Context.Service<
  Refreshes,
  {
    /** Asks for a refresh; answers at once, with the status in which it is in progress. */
    readonly request: (
      actor: Actor,
      audienceId: AudienceId
    ) => Effect.Effect<AudienceStatus, ValidationError | AudienceNotFound | AudienceArchived>
    /**
     * Does what is asked for, and publishes the outcome; of segments that exclude each other, that of all together. Idempotent: nothing
     * asked for, nothing done.
     */
    readonly run: (organizationId: OrganizationId, audienceId: AudienceId) => Effect.Effect<void>
    /** Hands every audience whose interval has passed, or whose refresh was asked for but lost, to the job queue. Returns how many. */
    readonly enqueueDue: Effect.Effect<number>
  }
>()("@audiences/engine/Refreshes") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const audiences = yield* AudienceRepo
      const memberships = yield* MembershipRepo
      const evaluator = yield* Evaluator
      const queue = yield* JobQueue
      const clock = yield* DatabaseClock
      const feed = yield* PublicationFeed

      const request = Effect.fn("Refreshes.request")(function* (actor: Actor, audienceId: AudienceId) {
        const { organizationId } = actor
        yield* audiences
          .requestRefresh(actor, yield* clock.now, audienceId)
          .pipe(Effect.catchTag("AudienceTypeMismatch", () => notDynamic({})))
        // Read before the job can run: the answer says that it is in progress.
        const status = yield* memberships.status(organizationId, audienceId, yield* clock.now)
        yield* enqueueRefresh(queue, organizationId, audienceId)
        return status
      })

      const evaluated = Effect.fnUntraced(function* (
        organizationId: OrganizationId,
        { requested, revision, rules }: DueRefresh
      ) {
        const compiled = compileRules(rules)
        // Rules that do not compile are refused when they are written.
        if (Result.isFailure(compiled)) return yield* Effect.die(refuse(rules, compiled.failure))
        const condition = compiled.success
        const now = yield* clock.now
        const evaluation = yield* evaluator.evaluate(organizationId, condition, now)
        return { evaluation, condition, now, revision, requested }
      })

      const refresh = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
        const due = yield* audiences.dueRefresh(organizationId, audienceId)
        if (Option.isNone(due)) return
        const segments = yield* audiences.segmentRefreshes(organizationId, audienceId)
        const outcome =
          segments.length > 1
            ? yield* memberships.publishTogether(
                organizationId,
                yield* Effect.forEach(segments, (segment) =>
                  Effect.map(evaluated(organizationId, segment), (each) => ({ ...each, audienceId: segment.id }))
                )
              )
            : yield* memberships.publish(organizationId, audienceId, yield* evaluated(organizationId, due.value))
        if (outcome !== "superseded") yield* feed.announce(organizationId)
        yield* Effect.annotateCurrentSpan({ outcome })
      })

      // The row, not the queue, knows when to try again: the scheduler would hand over at once what the queue puts off.
      const run = Effect.fn("Refreshes.run")((organizationId: OrganizationId, audienceId: AudienceId) =>
        refresh(organizationId, audienceId).pipe(
          Effect.catchDefect((defect) =>
            Effect.gen(function* () {
              yield* Effect.logError("A refresh failed; it will be tried again", Cause.die(defect))
              yield* audiences.refreshFailed(organizationId, audienceId, yield* clock.now)
            })
          ),
          Effect.annotateLogs({ organizationId, audienceId })
        )
      )

      const enqueueDue = Effect.gen(function* () {
        const due = yield* audiences.takeDue(yield* clock.now)
        yield* Effect.forEach(due, ({ organizationId, id }) => enqueueRefresh(queue, organizationId, id), {
          discard: true
        })
        return due.length
      }).pipe(Effect.withSpan("Refreshes.enqueueDue"))

      return Refreshes.of({ request, run, enqueueDue })
    })
  )
}
