import type { Texts } from "./Chunk.ts"

export const sharedBytes = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length))
export const sharedWords = (places: number): Int32Array => new Int32Array(new SharedArrayBuffer(places / 8))
export const sharedDoubles = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(length * 8))
export const sharedUint16 = (length: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(length * 2))
export const sharedUint32 = (length: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(length * 4))

export const sharedTexts = (texts: ReadonlyArray<string>): Texts => {
  const encoded = texts.map((text) => Buffer.from(text))
  const starts = sharedUint32(texts.length + 1)
  encoded.forEach((each, i) => (starts[i + 1] = starts[i]! + each.length))
  const bytes = sharedBytes(starts[texts.length]!)
  encoded.forEach((each, i) => bytes.set(each, starts[i]))
  return { starts, bytes }
}

/** The same bytes with Node's methods on them. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)

/** Codes below a number, in as few bytes as they need. */
export const sharedCodes = (length: number, below: number): Uint16Array | Uint32Array =>
  below <= 65_536 ? sharedUint16(length) : sharedUint32(length)
