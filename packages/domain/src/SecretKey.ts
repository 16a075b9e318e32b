import { Effect, Redacted } from "effect"
import type { KeyMode } from "./ApiKey.ts"

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const bodyLength = 32
const checksumLength = 6
const shape = /^sk_(live|test)_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

/** CRC-32 (IEEE 802.3, reflected), as scanners of leaked secrets compute it. */
const crc32 = (text: string): number => {
  let crc = 0xffffffff
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const checksum = (text: string): string => {
  let rest = crc32(text),
    encoded = ""
  for (let i = 0; i < checksumLength; i++) {
    encoded = alphabet[rest % 62]! + encoded
    rest = Math.floor(rest / 62)
  }
  return encoded
}

/**
 * The mode of a well-formed key `sk_(live|test)_<32 base62><6 base62 of the CRC-32 of all before>`, else `undefined`: mistyped
 * and truncated keys are told apart from unknown ones without asking a database.
 */
export const secretKeyMode = (key: string): KeyMode | undefined => {
  const match = shape.exec(key)
  if (match === null || checksum(key.slice(0, -checksumLength)) !== match[3]) return undefined
  return match[1] as KeyMode
}

/** A new secret key: 190 random bits. */
export const makeSecretKey = (mode: KeyMode): Effect.Effect<Redacted.Redacted<string>> =>
  Effect.sync(() => {
    let body = ""
    while (body.length < bodyLength) {
      // 248 = 4 × 62: bytes above are dropped, so that no letter is likelier than another.
      for (const byte of crypto.getRandomValues(new Uint8Array(bodyLength))) {
        if (byte < 248 && body.length < bodyLength) body += alphabet[byte % 62]
      }
    }
    const prefixed = `sk_${mode}_${body}`
    return Redacted.make(prefixed + checksum(prefixed))
  })
