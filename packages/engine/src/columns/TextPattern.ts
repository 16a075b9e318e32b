import type { Texts } from "./Chunk.ts"
import { bufferOf } from "./Shared.ts"

/** A question about one of some texts, by its number. */
export type TextPattern = (texts: Texts) => (index: number) => boolean

const encoder = new TextEncoder()

/** Few texts are compared byte by byte; more are looked up. */
const fewTexts = 8

export const isOneOf = (wanted: ReadonlyArray<string>): TextPattern => {
  const encoded = wanted.map((text) => encoder.encode(text))
  if (encoded.length > fewTexts) return isAmong(encoded)
  return ({ bytes, starts }) =>
    (index) => {
      const start = starts[index]!
      const length = starts[index + 1]! - start
      for (const each of encoded) {
        if (each.length !== length) continue
        // From the end: texts of one column often begin alike.
        let i = length - 1
        while (i >= 0 && each[i] === bytes[start + i]) i--
        if (i < 0) return true
      }
      return false
    }
}

const isAmong = (encoded: ReadonlyArray<Uint8Array>): TextPattern => {
  const wanted = new Set(encoded.map((each) => Buffer.from(each).toString("latin1")))
  return ({ bytes, starts }) => {
    const buffer = bufferOf(bytes)
    return (index) => wanted.has(buffer.toString("latin1", starts[index], starts[index + 1]))
  }
}

/** The part is not empty. Horspool's search: looks at the place of the part's last byte, and mostly goes on by its whole length. */
export const hasPart = (part: string): TextPattern => {
  const wanted = encoder.encode(part)
  const last = wanted.length - 1
  const steps = new Int32Array(256).fill(wanted.length)
  for (let i = 0; i < last; i++) steps[wanted[i]!] = last - i
  const lastByte = wanted[last]!
  return ({ bytes, starts }) =>
    (index) => {
      const end = starts[index + 1]!
      for (let at = starts[index]! + last; at < end;) {
        const byte = bytes[at]!
        if (byte === lastByte) {
          let i = 1
          while (i <= last && bytes[at - i] === wanted[last - i]) i++
          if (i > last) return true
        }
        at += steps[byte]!
      }
      return false
    }
}
