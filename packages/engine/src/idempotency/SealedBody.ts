import { Effect, Option } from "effect"
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"
import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"

/**
 * Answers are kept for a day, and some show a secret that nothing else keeps. So each is encrypted (AES-256-GCM) with a key made of the
 * caller's own secret, which the server does not have either (HKDF-SHA-256, salted with the request). What is encrypted cannot be
 * compressed any more, so it is compressed before. Kept are nonce, tag, text.
 */
const keyOf = (secret: string, salt: Uint8Array) =>
  Buffer.from(hkdfSync("sha256", secret, salt, "audiences idempotency", 32))

const nonceLength = 12
const tagLength = 16

export const seal = (secret: string, salt: Uint8Array, body: Uint8Array): Effect.Effect<Uint8Array> =>
  Effect.map(
    Effect.promise(() => promisify(gzip)(body, { level: 1 })),
    (compressed) => {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv("aes-256-gcm", keyOf(secret, salt), nonce)
      const text = Buffer.concat([cipher.update(compressed), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text])
    }
  )

/** None: it was sealed with another secret. */
export const unseal = (
  secret: string,
  salt: Uint8Array,
  sealed: Uint8Array
): Effect.Effect<Option.Option<Uint8Array>> => {
  const head = nonceLength + tagLength
  const cipher = createDecipheriv("aes-256-gcm", keyOf(secret, salt), sealed.subarray(0, nonceLength), {
    authTagLength: tagLength
  }).setAuthTag(sealed.subarray(nonceLength, head))
  return Effect.try(() => Buffer.concat([cipher.update(sealed.subarray(head)), cipher.final()])).pipe(
    Effect.option,
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeedNone,
        onSome: (compressed) => Effect.asSome(Effect.promise(() => promisify(gunzip)(compressed)))
      })
    )
  )
}
