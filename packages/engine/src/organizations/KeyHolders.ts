import { Cache, Clock, Effect, Exit, Option } from "effect"
import type { KeyHolder, OrganizationRepo } from "./OrganizationRepo.ts"

/** How long a key that was revoked, or whose organization was made inactive, may still be let in. */
const knownForMillis = 10_000

/** Keys that are remembered. */
const capacity = 10_000

/** The database is waited for only so long when it is known what it said last. */
const patience = "1 second"

interface Remembered {
  readonly holder: KeyHolder
  readonly until: number
}

/**
 * Whom keys speak for, by the hash alone, in the store as in memory: no comparison stops early at a secret's first wrong letter. While
 * the database is away, what it said last holds on.
 */
export const makeKeyHolders = Effect.fnUntraced(function* (repo: OrganizationRepo["Service"]) {
  const clock = yield* Clock.Clock
  // In the order in which they were asked for.
  const remembered = new Map<string, Remembered>()

  const remember = (hash: string, holder: Option.Option<KeyHolder>) => {
    remembered.delete(hash)
    if (Option.isNone(holder)) return
    remembered.set(hash, { holder: holder.value, until: clock.currentTimeMillisUnsafe() + knownForMillis })
    const [oldest] = remembered.keys()
    if (remembered.size > capacity && oldest !== undefined) remembered.delete(oldest)
  }

  const lookup = (hash: string) => {
    const asked = repo.findKey(Buffer.from(hash, "hex"))
    const before = remembered.get(hash)?.holder
    const found =
      before === undefined
        ? asked
        : asked.pipe(
            Effect.timeout(patience),
            Effect.catchCause((cause) =>
              Effect.as(Effect.logWarning("A key is let in as it was last known", cause), Option.some(before))
            )
          )
    return Effect.tap(found, (holder) => Effect.sync(() => remember(hash, holder)))
  }

  const holders = yield* Cache.makeWith(lookup, {
    capacity,
    timeToLive: (exit) => (Exit.isSuccess(exit) && Option.isSome(exit.value) ? knownForMillis : 0)
  })

  return {
    find: (hash: string) => Cache.get(holders, hash),
    /** As `find`, where memory suffices. */
    recall: (hash: string): KeyHolder | undefined => {
      const known = remembered.get(hash)
      return known !== undefined && known.until > clock.currentTimeMillisUnsafe() ? known.holder : undefined
    },
    forget: Effect.andThen(
      Effect.sync(() => remembered.clear()),
      Cache.invalidateAll(holders)
    )
  }
})
