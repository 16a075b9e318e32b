import { OrganizationId } from "@audiences/domain/Organization"
import { encryptionKey, EncryptionKeys } from "@audiences/engine/integrations/EncryptionKeys"
import { seal, unseal } from "@audiences/engine/integrations/SealedCredentials"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Redacted } from "effect"

const [ours, theirs] = [1, 2].map((n) => OrganizationId.make(`0190a000-0000-7000-8000-00000000000${n}`)) as [
  OrganizationId,
  OrganizationId
]
const credentials = { apiKey: Redacted.make("pk_ünïcode 💩"), shop: Redacted.make("") }
const plain = (sealed: Effect.Success<ReturnType<typeof unseal>>) =>
  Object.fromEntries(Object.entries(sealed).map(([name, value]) => [name, Redacted.value(value)]))
const [first, second] = [1, 2].map((n) => encryptionKey(Buffer.alloc(32, n)))
const having =
  (...keys: ReadonlyArray<typeof first>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(effect, EncryptionKeys, keys as never)

describe("sealed credentials", () => {
  it.effect("open with the key they were sealed with, though another one seals by now", () =>
    Effect.gen(function* () {
      const sealed = yield* having(first)(seal(ours, "klaviyo", credentials))
      const again = yield* having(first)(seal(ours, "klaviyo", credentials))
      assert.notDeepEqual(sealed, again)
      const opened = yield* having(second, first)(unseal(ours, "klaviyo", sealed))
      assert.deepStrictEqual(plain(opened), { apiKey: "pk_ünïcode 💩", shop: "" })
      assert.notInclude(JSON.stringify(opened), "pk_")
      const lost = yield* Effect.flip(having(second)(unseal(ours, "klaviyo", sealed)))
      assert.strictEqual(lost._tag, "EncryptionKeyMissing")
      assert.strictEqual((yield* Effect.flip(seal(ours, "klaviyo", credentials)))._tag, "EncryptionKeyMissing")
    })
  )

  it.effect("open for nobody else, for no other vendor, and not when a bit of them has changed", () =>
    Effect.gen(function* () {
      const sealed = yield* seal(ours, "klaviyo", credentials)
      const dies = (effect: Effect.Effect<unknown, unknown>) =>
        Effect.map(Effect.exit(effect), (exit) => assert.isTrue(Exit.hasDies(exit)))
      yield* dies(unseal(theirs, "klaviyo", sealed))
      yield* dies(unseal(ours, "sendgrid", sealed))
      for (let at = 4; at < sealed.length; at++) {
        const bent = Buffer.from(sealed)
        bent[at]! ^= 1
        yield* dies(unseal(ours, "klaviyo", bent))
      }
      yield* dies(unseal(ours, "klaviyo", sealed.subarray(0, 20)))
    }).pipe(having(first))
  )
})
