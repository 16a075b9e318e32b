import { ApiKeyId, type KeyMode } from "@audiences/domain/ApiKey"
import { makeSecretKey } from "@audiences/domain/SecretKey"
import { Uuid } from "@audiences/domain/Uuid"
import { Effect, Redacted } from "effect"
import { hash } from "node:crypto"

/** A key as it is kept: by the SHA-256 of its text. */
export interface NewApiKey {
  readonly id: ApiKeyId
  readonly hash: Uint8Array
  /** Its last four characters. */
  readonly hint: string
  readonly name: string
  /** Which of a pair of organizations it speaks for. */
  readonly mode: KeyMode
}

/** Fast on purpose: a key has 190 random bits, so there is nothing to guess that a slow hash would protect. */
export const hashOf = (secretKey: string) => hash("sha256", secretKey, "buffer")

/** What is kept of a secret key. */
export const keep = Effect.fnUntraced(function* (secretKey: Redacted.Redacted<string>, name: string, mode: KeyMode) {
  const text = Redacted.value(secretKey)
  const key: NewApiKey = {
    id: ApiKeyId.make(yield* yield* Uuid),
    hash: hashOf(text),
    hint: text.slice(-4),
    name,
    mode
  }
  return key
})

/** A new secret key and what is kept of it. */
export const newApiKey = Effect.fnUntraced(function* (name: string, mode: KeyMode) {
  const secretKey = yield* makeSecretKey(mode)
  return { secretKey, key: yield* keep(secretKey, name, mode) }
})
