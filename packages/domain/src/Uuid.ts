import { Context, Effect } from "effect"

/** RFC 9562 version 7: 48 bits of milliseconds, then 74 random bits. */
const uuidV7 = Effect.clockWith((clock) =>
  Effect.sync(() => {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    let millis = clock.currentTimeMillisUnsafe()
    for (let i = 5; i >= 0; i--) {
      bytes[i] = millis % 256
      millis = Math.floor(millis / 256)
    }
    bytes[6] = 0x70 | (bytes[6]! & 0x0f)
    bytes[8] = 0x80 | (bytes[8]! & 0x3f)
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  })
)

/** The next id. A reference, so tests can make ids predictable. */
export const Uuid = Context.Reference<Effect.Effect<string>>("@audiences/domain/Uuid", {
  defaultValue: () => uuidV7
})
