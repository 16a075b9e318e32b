import { Effect, Layer, Result } from "effect"
import { EncryptionKeys } from "./EncryptionKeys.ts"
import { IntegrationRepo } from "./IntegrationRepo.ts"
import { seal, unseal } from "./SealedCredentials.ts"

/**
 * Encrypts with the first key whatever was encrypted with another one, once, when the layer is built: after that the other can go. What no key
 * of this server opens stays as it is, and is told of.
 */
export const Resealing = Layer.effectDiscard(
  Effect.gen(function* () {
    const repo = yield* IntegrationRepo
    const [current] = yield* EncryptionKeys
    if (current === undefined) return
    const all = yield* repo.sealedOtherwise(current.id)
    const outcomes = yield* Effect.forEach(all, ({ organizationId, sealed, vendor }) =>
      unseal(organizationId, vendor, sealed).pipe(
        Effect.flatMap((credentials) => seal(organizationId, vendor, credentials)),
        Effect.flatMap((anew) => repo.reseal(organizationId, vendor, sealed, anew)),
        Effect.result
      )
    )
    const lost = outcomes.filter(Result.isFailure)
    if (all.length > lost.length) {
      yield* Effect.logInfo(
        `Credentials of ${all.length - lost.length} integrations are encrypted with the new key now`
      )
    }
    if (lost.length > 0) {
      yield* Effect.logWarning(
        `Credentials of ${lost.length} integrations were encrypted with a key that this server does not have. ${lost[0]!.failure.error}`
      )
    }
  }).pipe(Effect.catchCause((cause) => Effect.logError("Encrypting credentials with the first key failed", cause)))
)
