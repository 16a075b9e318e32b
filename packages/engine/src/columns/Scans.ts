import type { AmountChunk, Texts, Words } from "./Chunk.ts"
import type { Amount } from "./ChunkBuilder.ts"
import { isDense } from "./Test.ts"

// The loops that everything is spent in. Each is written out for one kind of array, since shared code would be compiled for all of them, and
// without branches on what is found, which a processor cannot foresee.

/** For whom the value is in the range, ends included; NaN is in none. */
export const scanRange = (values: Float64Array, low: number, high: number, among: Words, out: Words): void => {
  for (let w = 0; w < among.length; w++) {
    const asked = among[w]!
    let found = 0
    if (asked !== 0) {
      const first = w << 5
      if (isDense(asked)) {
        for (let i = 0; i < 32; i++) {
          const value = values[first + i]!
          found |= (Number(value >= low) & Number(value <= high)) << i
        }
        found &= asked
      } else {
        for (let rest = asked; rest !== 0; rest &= rest - 1) {
          const value = values[first + 31 - Math.clz32(rest & -rest)]!
          found |= -(Number(value >= low) & Number(value <= high)) & (rest & -rest)
        }
      }
    }
    out[w] = found
  }
}

/** For whom the amount is in the range, ends included: first the whole decides, then the fraction. */
export const scanAmounts = (
  { fractions, wholes }: AmountChunk,
  low: Amount,
  high: Amount,
  among: Words,
  out: Words
): void => {
  const { fraction: lowFraction, whole: lowWhole } = low
  const { fraction: highFraction, whole: highWhole } = high
  for (let w = 0; w < among.length; w++) {
    const asked = among[w]!
    let found = 0
    if (asked !== 0) {
      const first = w << 5
      for (let i = 0; i < 32; i++) {
        const whole = wholes[first + i]!
        const fraction = fractions[first + i]!
        const above = Number(whole > lowWhole) | (Number(whole === lowWhole) & Number(fraction >= lowFraction))
        const below = Number(whole < highWhole) | (Number(whole === highWhole) & Number(fraction <= highFraction))
        found |= (above & below) << i
      }
      found &= asked
    }
    out[w] = found
  }
}

/** For whom the code stands for a value that `truth` is 1 of. */
export const scanCodes = (codes: Uint16Array | Uint32Array, truth: Uint8Array, among: Words, out: Words): void => {
  for (let w = 0; w < among.length; w++) {
    const asked = among[w]!
    let found = 0
    if (asked !== 0) {
      const first = w << 5
      if (isDense(asked)) {
        for (let i = 0; i < 32; i++) found |= truth[codes[first + i]!]! << i
        found &= asked
      } else {
        for (let rest = asked; rest !== 0; rest &= rest - 1)
          found |= -truth[codes[first + 31 - Math.clz32(rest & -rest)]!]! & (rest & -rest)
      }
    }
    out[w] = found
  }
}

/** For whom something holds that is slow to ask. */
export const scanEach = (holds: (offset: number) => boolean, among: Words, out: Words): void => {
  for (let w = 0; w < among.length; w++) {
    let found = 0
    for (let rest = among[w]!; rest !== 0; rest &= rest - 1) {
      if (holds((w << 5) + 31 - Math.clz32(rest & -rest))) found |= rest & -rest
    }
    out[w] = found
  }
}

/** So many words of consumers are looked up ahead: what they take stays in a processor's first cache. */
const wordsAhead = 32

/** Keeps the compiler from leaving out what is read for nothing. */
const read = new Int32Array(1)

/**
 * Reads the first and the last byte of the texts of some consumers. A processor waits for memory once for many reads that do not depend
 * on each other, but for each text that it has to search before it knows how to go on.
 */
const fetch = ({ bytes, starts }: Texts, among: Words, from: number, to: number): void => {
  let sum = 0
  for (let w = from; w < to; w++) {
    for (let rest = among[w]!; rest !== 0; rest &= rest - 1) {
      const index = (w << 5) + 31 - Math.clz32(rest & -rest)
      sum += bytes[starts[index]!]! | bytes[starts[index + 1]! - 1]!
    }
  }
  read[0] = sum
}

/** For whom something holds of their text. */
export const scanTexts = (texts: Texts, holds: (index: number) => boolean, among: Words, out: Words): void => {
  for (let from = 0; from < among.length; from += wordsAhead) {
    const to = Math.min(from + wordsAhead, among.length)
    fetch(texts, among, from, to)
    for (let w = from; w < to; w++) {
      let found = 0
      for (let rest = among[w]!; rest !== 0; rest &= rest - 1) {
        if (holds((w << 5) + 31 - Math.clz32(rest & -rest))) found |= rest & -rest
      }
      out[w] = found
    }
  }
}
