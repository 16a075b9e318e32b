import { Clock, Context, Duration, Effect, Random } from "effect"
import type { VendorUnavailable } from "./Connector.ts"

/** How long and how often a vendor is asked again. */
export interface Patience {
  /** Attempts after the first, where the vendor fails. Being told to wait is no attempt. */
  readonly retries: number
  /** The wait before the first retry, doubled before each further one, and shortened at random by up to half. */
  readonly delay: Duration.Duration
  /** No wait of our own choice is longer. */
  readonly longestDelay: Duration.Duration
  /** A wait that would end later than this after the first attempt began is not begun: whoever asks comes back another time. */
  readonly total: Duration.Duration
  /** The same where the vendor does not ask for patience, but fails. */
  readonly failing: Duration.Duration
  /** From the request to the last byte of the answer. */
  readonly attempt: Duration.Duration
}

export const VendorPatience = Context.Reference<Patience>("@audiences/engine/VendorPatience", {
  defaultValue: () => ({
    retries: 4,
    delay: Duration.millis(500),
    longestDelay: Duration.seconds(15),
    // Klaviyo's windows are a minute long, and one is waited out: a long list meets many. Longer waits keep others from the worker.
    total: Duration.seconds(90),
    // A vendor that hangs is not waited for by every worker there is.
    failing: Duration.seconds(30),
    attempt: Duration.seconds(30)
  })
})

/** A failure of one attempt, and whether it is the vendor asking for patience. */
export interface AttemptFailed {
  readonly _tag: "AttemptFailed"
  readonly throttled: boolean
  readonly reason: VendorUnavailable
}

/** Attempts until one does not fail, or patience ends; then with the last failure. */
export const patiently = Effect.fnUntraced(function* <A, E>(
  attempt: Effect.Effect<A, AttemptFailed | E>
): Effect.fn.Return<A, VendorUnavailable | E> {
  const patience = yield* VendorPatience
  const startedAt = yield* Clock.currentTimeMillis
  let faults = 0
  for (let tries = 0; ; tries++) {
    const outcome = yield* Effect.result(attempt)
    if (outcome._tag === "Success") return outcome.success
    const failure = outcome.failure
    if (!isAttemptFailed(failure)) return yield* Effect.fail(failure)
    if (!failure.throttled && ++faults > patience.retries) return yield* failure.reason
    const backoff = Math.min(Duration.toMillis(patience.longestDelay), Duration.toMillis(patience.delay) * 2 ** tries)
    const jittered = backoff * (0.5 + (yield* Random.next) / 2)
    const { retryAfter } = failure.reason
    // Those that were told the same instant do not all come back at it.
    const wait = retryAfter === null ? jittered : Duration.toMillis(retryAfter) + jittered / 2
    const longest = failure.throttled ? patience.total : patience.failing
    if ((yield* Clock.currentTimeMillis) + wait - startedAt > Duration.toMillis(longest)) return yield* failure.reason
    yield* Effect.sleep(Duration.millis(wait))
  }
})

const isAttemptFailed = (error: unknown): error is AttemptFailed =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "AttemptFailed"
