import type { OrganizationId } from "@audiences/domain/Organization"
import { Clock, Context, Effect, Layer, Semaphore } from "effect"
import { RateLimitRepo, type RequestKind } from "./RateLimitRepo.ts"

/** What is left to an organization. */
export interface Allowance {
  /** Requests a minute. */
  readonly limit: number
  /** How many more of this minute; null: this one is one too many. */
  readonly remaining: number | null
  /** Seconds until the next minute begins, and when that is, in seconds since 1970. */
  readonly secondsLeft: number
  readonly resetsAt: number
}

/** Requests a minute of organizations that have no limit of their own; 0: as many as come. */
export class DefaultRateLimits extends Context.Service<DefaultRateLimits, Readonly<Record<RequestKind, number>>>()(
  "@audiences/engine/DefaultRateLimits"
) {}

/** Of a minute about which nothing has been asked yet. */
const unknown = -1

/** This process's share of one organization's minute. */
interface Share {
  minute: number
  limit: number
  /** Requests that it may still answer without asking. */
  own: number
  /** What others may still take, as far as is known. */
  left: number
  readonly asking: Semaphore.Semaphore
}

/**
 * How many requests organizations may make. Processes take their shares of a minute from the database, a twentieth at a time: never
 * more than the limit in all, and no query for most requests. Without the database each answers up to the limit by itself.
 */
export class RateLimits extends Context.Service<
  RateLimits,
  {
    /** Counts a request; `undefined`: there is no limit. Never waits longer than a second for the database. */
    readonly count: (organizationId: OrganizationId, kind: RequestKind) => Effect.Effect<Allowance | undefined>
    /** Whether it is known, at an instant, that there is no limit: then nothing needs to be counted. */
    readonly isUnlimited: (organizationId: OrganizationId, kind: RequestKind, epochMillis: number) => boolean
  }
>()("@audiences/engine/RateLimits") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* RateLimitRepo
      const defaults = yield* DefaultRateLimits
      const scope = yield* Effect.scope
      const shares = new Map<string, Share>()

      const shareOf = (organizationId: OrganizationId, kind: RequestKind): Share => {
        const key = `${kind}:${organizationId}`
        let share = shares.get(key)
        if (share === undefined) {
          share = { minute: unknown, limit: defaults[kind], own: 0, left: 0, asking: Semaphore.makeUnsafe(1) }
          shares.set(key, share)
        }
        return share
      }

      const ask = Effect.fnUntraced(function* (
        share: Share,
        organizationId: OrganizationId,
        kind: RequestKind,
        minute: number
      ) {
        // Somebody who waited before us may have brought enough.
        if (share.minute === minute && (share.own > 0 || share.left === 0 || share.limit === 0)) return
        const fresh = share.minute !== minute
        const grant = yield* repo.take(organizationId, kind, minute, defaults[kind]).pipe(
          Effect.timeout("1 second"),
          Effect.catchCause((cause) =>
            Effect.as(Effect.logWarning("Rate limits are counted by this process alone", cause), {
              limit: share.limit,
              granted: fresh ? share.limit : 0,
              left: 0
            })
          )
        )
        share.own = (fresh ? 0 : share.own) + grant.granted
        share.minute = minute
        share.limit = grant.limit
        share.left = grant.left
      })

      const count = Effect.fnUntraced(function* (organizationId: OrganizationId, kind: RequestKind) {
        const now = (yield* Clock.currentTimeMillis) / 1000
        const minute = Math.floor(now / 60)
        const share = shareOf(organizationId, kind)
        if (share.minute !== minute || (share.own === 0 && share.left > 0)) {
          const asking = share.asking.withPermit(ask(share, organizationId, kind, minute))
          // Whoever had no limit a minute ago does not wait to learn that there still is none.
          yield* share.minute !== unknown && share.limit === 0 ? Effect.forkIn(asking, scope) : asking
        }
        if (share.limit === 0) return undefined
        const answered = share.own > 0
        if (answered) share.own--
        const allowance: Allowance = {
          limit: share.limit,
          remaining: answered ? share.own + share.left : null,
          secondsLeft: Math.max(1, Math.ceil((minute + 1) * 60 - now)),
          resetsAt: (minute + 1) * 60
        }
        return allowance
      })

      const isUnlimited = (organizationId: OrganizationId, kind: RequestKind, epochMillis: number) => {
        const share = shares.get(`${kind}:${organizationId}`)
        return share?.limit === 0 && share.minute === Math.floor(epochMillis / 60_000)
      }

      return RateLimits.of({ count, isUnlimited })
    })
  )
}
