import { isUtf8 } from "node:buffer"
import { FileRefused } from "../FileRefused.ts"

const signatures: ReadonlyArray<readonly [bytes: ReadonlyArray<number>, what: string]> = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive or a spreadsheet (.xlsx)"],
  [[0xd0, 0xcf, 0x11, 0xe0], "a spreadsheet of an older format (.xls)"],
  [[0x1f, 0x8b], "a gzip archive"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF document"],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG image"],
  [[0xff, 0xd8, 0xff], "a JPEG image"],
  [[0x47, 0x49, 0x46, 0x38], "a GIF image"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  [[0xff, 0xfe], "text in UTF-16"],
  [[0xfe, 0xff], "text in UTF-16"]
]

/** The bytes that decide what kind of file it is. */
const signatureLength = 4

/** The bytes of `bytes` up to where a last character is cut off. */
const wholeCharacters = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Where the first byte stands that is not UTF-8, in bytes of which at least one is not. */
const firstInvalid = (bytes: Uint8Array): number => {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1
    const head = bytes.subarray(0, middle)
    if (isUtf8(head.subarray(0, wholeCharacters(head)))) valid = middle
    else invalid = middle
  }
  return wholeCharacters(bytes.subarray(0, valid))
}

/** CRLF is one. `before` is the byte before the first. */
const lineBreaks = (bytes: Uint8Array, until: number, before: number | undefined): number => {
  let count = before === 13 && bytes[0] === 10 && until > 0 ? -1 : 0
  for (let at = bytes.indexOf(10); at !== -1 && at < until; at = bytes.indexOf(10, at + 1)) count++
  for (let at = bytes.indexOf(13); at !== -1 && at < until; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] !== 10) count++
  }
  return count
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0").toUpperCase()}`

/** Without a byte order mark: every other byte of Latin text is zero. */
const isUtf16 = ([a, b, c, d]: Uint8Array): boolean =>
  (a === 0 && c === 0 && b !== 0 && d !== 0) || (b === 0 && d === 0 && a !== 0 && c !== 0)

const notACsv = (bytes: Uint8Array): FileRefused | undefined => {
  const [, signed] = signatures.find(([signature]) => signature.every((byte, i) => bytes[i] === byte)) ?? []
  const what = signed ?? (isUtf16(bytes) ? "text in UTF-16" : undefined)
  if (what === undefined) return undefined
  return new FileRefused({
    line: 1,
    message: `The file is ${what}, not a CSV in UTF-8. Export it as CSV (UTF-8) and upload that.`
  })
}

/** Makes sure that a file, given piece by piece, is text in UTF-8. */
export class CsvBytes {
  #offset = 0
  #line = 1
  #last: number | undefined
  /** The beginning of a character whose rest is in the next piece; at first also the beginning of the file. */
  #rest: Uint8Array = new Uint8Array()

  /** Returns what the pieces so far make up, without a last character that is cut off. Throws `FileRefused`. */
  next(piece: Uint8Array): Uint8Array {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    if (this.#offset === 0) {
      if (bytes.length < signatureLength) {
        this.#rest = Uint8Array.from(bytes)
        return new Uint8Array()
      }
      const refused = notACsv(bytes)
      if (refused !== undefined) throw refused
    }
    const whole = bytes.subarray(0, wholeCharacters(bytes))
    this.#rest = Uint8Array.from(bytes.subarray(whole.length))
    return this.#checked(whole)
  }

  end(): Uint8Array {
    const refused = this.#offset === 0 ? notACsv(this.#rest) : undefined
    if (refused !== undefined) throw refused
    return this.#checked(this.#rest)
  }

  #checked(bytes: Uint8Array): Uint8Array {
    if (!isUtf8(bytes)) throw this.#refused(bytes, firstInvalid(bytes), (at) => `is not UTF-8: byte ${hex(bytes[at]!)}`)
    const nul = bytes.indexOf(0)
    if (nul !== -1) throw this.#refused(bytes, nul, () => "is not text: a NUL byte")
    this.#offset += bytes.length
    this.#line += lineBreaks(bytes, bytes.length, this.#last)
    this.#last = bytes[bytes.length - 1] ?? this.#last
    return bytes
  }

  #refused(bytes: Uint8Array, at: number, what: (at: number) => string): FileRefused {
    const line = this.#line + lineBreaks(bytes, at, this.#last)
    return new FileRefused({
      line,
      message: `The file ${what(at)} at offset ${this.#offset + at} (line ${line}). Save it as CSV in UTF-8 and upload it again.`
    })
  }
}
