import type { Actor } from "@audiences/domain/Actor"
import { ApiKeyId, makeSecretKey, secretKeyMode } from "@audiences/domain/ApiKey"
import { Forbidden, Unauthorized } from "@audiences/domain/api/Authorization"
import { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { Cache, Context, DateTime, Effect, Exit, Layer, Option, Redacted } from "effect"
import { createHash, randomBytes } from "node:crypto"
import { MalformedSecretKey } from "./MalformedSecretKey.ts"
import { OrganizationRepo } from "./OrganizationRepo.ts"

/** Tenants and their keys. */
export class Organizations extends Context.Service<
  Organizations,
  {
    /** Who a secret key speaks for. Malformed, unknown and revoked keys are one refusal. */
    readonly authenticate: (secretKey: Redacted.Redacted<string>) => Effect.Effect<Actor, Unauthorized | Forbidden>
    /**
     * Makes the first organization, its test sibling and the given key (else a generated one), if there is no organization yet.
     * Returns the key that was made: it is shown this once.
     */
    readonly bootstrap: (
      firstKey: Option.Option<Redacted.Redacted<string>>
    ) => Effect.Effect<Option.Option<Redacted.Redacted<string>>, MalformedSecretKey>
  }
>()("@audiences/engine/Organizations") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* OrganizationRepo

      // By the hash alone, in the store as in the cache: no comparison stops early at a secret's first wrong letter.
      const holders = yield* Cache.makeWith((hash: string) => repo.findKey(Buffer.from(hash, "hex")), {
        capacity: 10_000,
        timeToLive: (exit) => (Exit.isSuccess(exit) && Option.isSome(exit.value) ? knownFor : 0)
      })

      const authenticate = Effect.fn("Organizations.authenticate")(function* (secretKey: Redacted.Redacted<string>) {
        const key = Redacted.value(secretKey)
        if (secretKeyMode(key) === undefined) return yield* new Unauthorized()
        const holder = yield* Cache.get(holders, hashOf(key).toString("hex"))
        if (Option.isNone(holder) || holder.value.revoked) return yield* new Unauthorized()
        if (!holder.value.active) return yield* new Forbidden()
        return { organizationId: holder.value.organizationId, name: `key:${holder.value.id}` }
      })

      const newOrganization = Effect.fnUntraced(function* (name: string) {
        return { id: OrganizationId.make(yield* yield* Uuid), name, uploadSecret: yield* uploadSecret }
      })

      const bootstrap = Effect.fn("Organizations.bootstrap")(function* (
        firstKey: Option.Option<Redacted.Redacted<string>>
      ) {
        if (!(yield* repo.isEmpty)) return Option.none()
        const secretKey = Option.isSome(firstKey) ? firstKey.value : yield* makeSecretKey("live")
        const mode = secretKeyMode(Redacted.value(secretKey))
        if (mode === undefined) return yield* new MalformedSecretKey()
        const made = yield* repo.createFirst(
          yield* DateTime.now,
          { live: yield* newOrganization("Default"), test: yield* newOrganization("Default (test)") },
          { id: ApiKeyId.make(yield* yield* Uuid), hash: hashOf(Redacted.value(secretKey)), name: "First key", mode }
        )
        return made ? Option.some(secretKey) : Option.none()
      })

      return Organizations.of({ authenticate, bootstrap })
    })
  )
}

/** How long a key that was revoked, or whose organization was made inactive, may still be let in. */
const knownFor = "10 seconds"

/** Fast on purpose: a key has 190 random bits, so there is nothing to guess that a slow hash would protect. */
const hashOf = (secretKey: string) => createHash("sha256").update(secretKey).digest()

const uploadSecret = Effect.sync((): Uint8Array => randomBytes(32))
