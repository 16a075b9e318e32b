import { Effect, Layer, Random } from "effect"
import { Uuid } from "@audiences/domain/Uuid"

const variants = "89ab"

/**
 * Ids of requests and their idempotency keys, UUIDs of version 4. They have to differ, and are no secrets: `crypto`, which makes
 * such, takes as long to load as Node itself.
 */
const uuidV4 = Effect.gen(function* () {
  const digits = yield* Effect.replicateEffect(Random.nextIntBetween(0, 15), 31)
  const [variant = 0, ...rest] = digits
  const hex = rest.map((digit) => digit.toString(16)).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variants[variant % 4]}${hex.slice(15, 18)}-${hex.slice(18)}`
})

export const layer = Layer.succeed(Uuid, uuidV4)
