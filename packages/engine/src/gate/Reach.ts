import { Cause, Effect, Fiber, Option, type Scope } from "effect"

/** Whether the database can be asked, and what is asked of it: nobody waits longer than is said, and nothing fails. */
export interface Reach {
  /** Whether it did not answer when it was asked last. */
  readonly isLost: () => boolean
  /** The answer to a question; none: not in time, or not at all. While the database is lost it is not asked. */
  readonly inTime: <A>(question: Effect.Effect<A>) => Effect.Effect<Option.Option<A>>
  /** Asks in any case, within the time after which it counts as lost. */
  readonly probe: (question: Effect.Effect<void>) => Effect.Effect<void>
  /** Runs on for itself; whatever is asked meanwhile. */
  readonly apart: <A>(question: Effect.Effect<A>) => Effect.Effect<Fiber.Fiber<Option.Option<A>>>
}

/** Milliseconds for the simplest of questions. */
const lostAfterMillis = 2000

export const makeReach = (scope: Scope.Scope, patienceMillis: number): Reach => {
  let lost = false

  const failed = (cause: Cause.Cause<unknown>) =>
    Effect.suspend(() => {
      if (Cause.hasInterruptsOnly(cause) || lost) return Effect.succeedNone
      lost = true
      return Effect.as(
        Effect.logWarning("The gate cannot read the database: it answers as was last known", cause),
        Option.none()
      )
    })

  const apart = <A>(question: Effect.Effect<A>) =>
    question.pipe(Effect.asSome, Effect.catchCause(failed), Effect.forkIn(scope))

  // The wait is cut off, not the question: that it is cut off too takes as long as the database takes to notice.
  const within = <A>(question: Effect.Effect<A>, millis: number) =>
    Effect.flatMap(apart(question), (fiber) =>
      Fiber.join(fiber).pipe(
        Effect.timeoutOption(millis),
        Effect.tap((answer) => (Option.isNone(answer) ? Effect.forkIn(Fiber.interrupt(fiber), scope) : Effect.void))
      )
    )

  const inTime = <A>(question: Effect.Effect<A>) =>
    Effect.suspend(() => (lost ? Effect.succeedNone : Effect.map(within(question, patienceMillis), Option.flatten)))

  const probe = Effect.fnUntraced(function* (question: Effect.Effect<void>) {
    const answer = yield* within(question, lostAfterMillis)
    if (Option.isNone(answer)) return yield* Effect.asVoid(failed(Cause.die("It did not answer in time")))
    if (Option.isNone(answer.value) || !lost) return
    lost = false
    yield* Effect.logInfo("The gate reads the database again")
  })

  return { isLost: () => lost, inTime, probe, apart }
}
