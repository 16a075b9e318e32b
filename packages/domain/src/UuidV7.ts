/** Random bytes that are yet to be used: asking for few at a time takes fifty times as long. */
const pool = new Uint8Array(4096)
let used = pool.length

const randomBytes = (count: number): Uint8Array => {
  if (used + count > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  used += count
  return pool.slice(used - count, used)
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** RFC 9562 version 7: 48 bits of milliseconds since 1970, then 74 random bits. */
export const uuidV7 = (millis: number): string => {
  const bytes = randomBytes(16)
  let rest = millis
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  let text = ""
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-"
    text += hexOf[bytes[i]!]
  }
  return text
}
