import type { Texts } from "./Chunk.ts"

export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))
export const sharedWords = (places: number): Int32Array => new Int32Array(new SharedArrayBuffer(places / 8))
export const sharedDoubles = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(length * 8))
export const sharedUint16 = (length: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(length * 2))
export const sharedUint32 = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * 4))

/** Texts whose UTF-8 bytes are given as one character each. */
export const sharedTexts = (latin1: ReadonlyArray<string>): Texts => {
  const starts = sharedUint32(latin1.length + 1)
  let length = 0
  latin1.forEach((text, i) => {
    length += text.length
    starts[i + 1] = length
  })
  const bytes = sharedBytes(length)
  const buffer = bufferOf(bytes)
  latin1.forEach((text, i) => buffer.write(text, starts[i]!, "latin1"))
  return { starts, bytes }
}

/** The same bytes with Node's methods on them. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)

/** Codes below a number, in as few bytes as they need. */
export const sharedCodes = (length: number, below: number): Uint16Array | Uint32Array =>
  below <= 65_536 ? sharedUint16(length) : sharedUint32(length)
