import type { OrganizationId } from "@audiences/domain/Organization"
import { Clock, Context, Effect, Layer, type Scope, Semaphore } from "effect"
import { type RateLimitGrant, RateLimitRepo, type RequestKind } from "./RateLimitRepo.ts"

/** What an organization may still do this minute, after the request that was counted. */
export interface Allowance {
  /** False: that request is one too many. */
  readonly allowed: boolean
  /** Requests a minute. */
  readonly limit: number
  readonly remaining: number
  /** When the next minute begins, in seconds since 1970, and in how many seconds, at least one. */
  readonly resetsAt: number
  readonly secondsLeft: number
}

/** Requests a minute of organizations that have no limit of their own; 0: as many as come. */
export class DefaultRateLimits extends Context.Service<DefaultRateLimits, Readonly<Record<RequestKind, number>>>()(
  "@audiences/engine/DefaultRateLimits"
) {}

/** Nothing was asked yet. */
const unknown = -1

/** This process's share of one organization's minute. */
interface Share {
  limit: number
  /** Requests that may be answered without asking. */
  own: number
  /** What any process may still take, as far as is known. */
  left: number
  /** What this process was given of the minute, with or without the database. */
  given: number
  resetsAt: number
  /** When all this is forgotten, in milliseconds of the monotonic clock: not later than the minute ends in the database. */
  until: number
  readonly asking: Semaphore.Semaphore
}

/**
 * How many requests organizations may make. Processes take parts of a minute's requests from the database: never more than the limit
 * in all, and no query for most requests. A process that cannot reach the database answers up to the limit by itself.
 */
export class RateLimits extends Context.Service<
  RateLimits,
  {
    /**
     * Counts a request; `undefined`: there is no limit. Waits for the database only when a share is used up, a second at the most, and
     * never where there was no limit a minute ago.
     */
    readonly count: (organizationId: OrganizationId, kind: RequestKind) => Effect.Effect<Allowance | undefined>
    /** As `count`, for those who cannot wait; `null`: the request is not counted, and `count` has to. */
    readonly recall: (organizationId: OrganizationId, kind: RequestKind) => Allowance | undefined | null
  }
>()("@audiences/engine/RateLimits") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* RateLimitRepo
      const defaults = yield* DefaultRateLimits
      const scope = yield* Effect.scope
      const clock = yield* Clock.Clock
      const shares = { api: new Map<OrganizationId, Share>(), gate: new Map<OrganizationId, Share>() }

      const shareOf = (organizationId: OrganizationId, kind: RequestKind): Share => {
        let share = shares[kind].get(organizationId)
        if (share === undefined) shares[kind].set(organizationId, (share = newShare(defaults[kind])))
        return share
      }

      const ask = Effect.fnUntraced(function* (share: Share, organizationId: OrganizationId, kind: RequestKind) {
        const before = yield* monotonicMillis
        // Whoever held the permit before may have brought enough.
        if (isKnown(share, before)) return
        const grant = yield* repo.take(organizationId, kind, defaults[kind]).pipe(
          Effect.timeout("1 second"),
          Effect.catchCause((cause) =>
            Effect.andThen(
              Effect.logWarning("Requests are counted by this process alone", cause),
              Effect.map(Clock.currentTimeMillis, (now) => grantWithoutDatabase(share, before, now))
            )
          )
        )
        accept(share, grant, before)
      })

      const count = (organizationId: OrganizationId, kind: RequestKind) =>
        Effect.flatMap(monotonicMillis, (now) => {
          const share = shareOf(organizationId, kind)
          if (isKnown(share, now)) return Effect.succeed(spend(share, now))
          const asked = ask(share, organizationId, kind)
          return share.limit === 0 && share.until !== unknown
            ? Effect.as(inBackground(share, asked, scope), undefined)
            : share.asking.withPermit(
                Effect.flatMap(asked, () => Effect.map(monotonicMillis, (at) => spend(share, at)))
              )
        })

      const recall = (organizationId: OrganizationId, kind: RequestKind) => {
        const share = shares[kind].get(organizationId)
        const now = Number(clock.currentTimeNanosUnsafe()) / 1e6
        return share !== undefined && isKnown(share, now) ? spend(share, now) : null
      }

      return RateLimits.of({ count, recall })
    })
  )
}

const newShare = (limit: number): Share => ({
  limit,
  own: 0,
  left: 0,
  given: 0,
  resetsAt: 0,
  until: unknown,
  asking: Semaphore.makeUnsafe(1)
})

/** Not wall time: set back by an hour, it would keep an organization locked out for that long. */
const monotonicMillis = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos) / 1e6)

const isKnown = (share: Share, now: number) => now < share.until && (share.own > 0 || share.left === 0)

const accept = (share: Share, { granted, left, limit, millisLeft, resetsAt }: RateLimitGrant, before: number) => {
  const continues = before < share.until && share.resetsAt === resetsAt
  share.own = granted
  share.given = (continues ? share.given : 0) + granted
  share.limit = limit
  share.left = left
  share.resetsAt = resetsAt
  share.until = before + millisLeft
}

/** Part by part as well, so that the database is asked again soon. */
const grantWithoutDatabase = (share: Share, before: number, now: number): RateLimitGrant => {
  const continues = before < share.until
  const resetsAt = continues ? share.resetsAt : Math.floor(now / 60_000) * 60 + 60
  const rest = Math.max(0, share.limit - (continues ? share.given : 0))
  const granted = Math.min(rest, Math.ceil(share.limit / 20))
  return {
    limit: share.limit,
    granted,
    left: rest - granted,
    resetsAt,
    millisLeft: continues ? share.until - before : resetsAt * 1000 - now
  }
}

const spend = (share: Share, now: number): Allowance | undefined => {
  if (share.limit === 0) return undefined
  const allowed = share.own > 0
  if (allowed) share.own--
  return {
    allowed,
    limit: share.limit,
    remaining: allowed ? share.own + share.left : 0,
    resetsAt: share.resetsAt,
    secondsLeft: Math.max(1, Math.ceil((share.until - now) / 1000))
  }
}

/** Once at a time. */
const inBackground = (share: Share, asked: Effect.Effect<void>, scope: Scope.Scope) =>
  Effect.forkIn(share.asking.withPermitsIfAvailable(1)(asked), scope)
