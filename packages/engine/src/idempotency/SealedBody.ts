import { Effect, Option } from "effect"
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"

/**
 * Answers are kept for a day, and some show a secret that nothing else keeps. So each is encrypted (AES-256-GCM) with a key made of the
 * caller's own secret, which the server does not have either (HKDF-SHA-256, salted with the request): nonce, tag, text.
 */
const keyOf = (secret: string, salt: Uint8Array) =>
  Buffer.from(hkdfSync("sha256", secret, salt, "audiences idempotency", 32))

export const seal = (secret: string, salt: Uint8Array, body: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.sync(() => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv("aes-256-gcm", keyOf(secret, salt), nonce)
    const text = Buffer.concat([cipher.update(body), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), text])
  })

/** None: it was sealed with another secret. */
export const unseal = (secret: string, salt: Uint8Array, sealed: Uint8Array): Option.Option<Uint8Array> => {
  const cipher = createDecipheriv("aes-256-gcm", keyOf(secret, salt), sealed.subarray(0, 12))
  cipher.setAuthTag(sealed.subarray(12, 28))
  try {
    return Option.some(Buffer.concat([cipher.update(sealed.subarray(28)), cipher.final()]))
  } catch {
    return Option.none()
  }
}
