import { makeSecretKey, secretKeyMode } from "@audiences/domain/SecretKey"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import { crc32 } from "node:zlib"

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const made = (mode: "live" | "test") => Effect.map(makeSecretKey(mode), Redacted.value)

/** The checksum as a scanner of leaked secrets would compute it from the format's description. */
const checksum = (text: string) => {
  let rest = BigInt(crc32(text)),
    encoded = ""
  for (let i = 0; i < 6; i++, rest /= 62n) encoded = letters[Number(rest % 62n)]! + encoded
  return encoded
}

describe("ApiKey", () => {
  it.effect("makes well-formed keys of each mode, never the same twice", () =>
    Effect.gen(function* () {
      const keys = new Set<string>()
      for (const mode of ["live", "test"] as const) {
        for (let i = 0; i < 50; i++) {
          const key = yield* made(mode)
          assert.match(key, new RegExp(`^sk_${mode}_[0-9A-Za-z]{38}$`))
          assert.strictEqual(secretKeyMode(key), mode)
          assert.strictEqual(key.slice(-6), checksum(key.slice(0, -6)))
          keys.add(key)
        }
      }
      assert.strictEqual(keys.size, 100)
    })
  )

  it.prop(
    "accepts any body with the CRC-32 that zlib computes",
    [
      Schema.Literals(["live", "test"]),
      Schema.Array(Schema.Literals([...letters])).check(Schema.isMinLength(32), Schema.isMaxLength(32))
    ],
    ([mode, body]) => {
      const text = `sk_${mode}_${body.join("")}`
      return secretKeyMode(text + checksum(text)) === mode
    }
  )

  it.effect("refuses a key in which any one character is another", () =>
    Effect.gen(function* () {
      const key = yield* made("live")
      for (let i = 0; i < key.length; i++) {
        for (const letter of letters) {
          if (letter !== key[i]) assert.isUndefined(secretKeyMode(key.slice(0, i) + letter + key.slice(i + 1)))
        }
      }
    })
  )

  it.effect("refuses truncated, lengthened, padded and mode-swapped keys, and what is no key", () =>
    Effect.gen(function* () {
      const key = yield* made("live")
      const others = [
        key.slice(0, -1),
        key.slice(1),
        `${key}0`,
        ` ${key}`,
        `${key}\n`,
        key.replace("live", "test"),
        key.toUpperCase(),
        "",
        "sk_live_"
      ]
      for (const other of others) assert.isUndefined(secretKeyMode(other), JSON.stringify(other))
    })
  )
})
