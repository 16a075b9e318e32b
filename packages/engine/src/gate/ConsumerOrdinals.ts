import type { ConsumerIds } from "./GateRepo.ts"

/** Memory of one consumer: the id and the ordinal. */
const bytesEach = 20

/** The value of each hexadecimal digit by its character code; 255: none. */
const digits = new Uint8Array(128).fill(255)
for (let value = 0; value < 16; value++) {
  digits["0123456789abcdef".charCodeAt(value)] = value
  digits["0123456789ABCDEF".charCodeAt(value)] = value
}

/** Where the 32-bit words of an id stand in its text, hyphens aside. */
const wordPlaces = [0, 9, 19, 28] as const
const hyphen = 0x2d

/** Eight hexadecimal digits from `at` on, over a hyphen if there is one. */
const wordAt = (id: string, at: number): number => {
  let word = 0
  for (let count = 0, i = at; count < 8; i++) {
    const code = id.charCodeAt(i)
    if (code === hyphen) continue
    word = (word << 4) | digits[code]!
    count++
  }
  return word >>> 0
}

/**
 * The ordinals of consumers by their ids, which rise together: a sorted list, 20 bytes a consumer. Grows at its end only.
 */
export class ConsumerOrdinals {
  #words = new Uint32Array(0)
  #ordinals = new Int32Array(0)
  #size = 0
  #last = -1

  get size(): number {
    return this.#size
  }

  /** Of memory. */
  get bytes(): number {
    return this.#ordinals.length * bytesEach
  }

  /** The ordinal up to which consumers were added; -1: none were. */
  get last(): number {
    return this.#last
  }

  /** Adds consumers that come after all that were added. One whose id does not is left out: nothing would find it. */
  append({ ids, ordinals }: ConsumerIds): void {
    const count = ordinals.length / 4
    this.#reserve(this.#size + count)
    const idView = new DataView(ids.buffer, ids.byteOffset, ids.byteLength)
    const ordinalView = new DataView(ordinals.buffer, ordinals.byteOffset, ordinals.byteLength)
    for (let i = 0; i < count; i++) {
      const ordinal = ordinalView.getInt32(i * 4)
      if (ordinal <= this.#last) continue
      this.#last = ordinal
      const at = this.#size * 4
      for (let word = 0; word < 4; word++) this.#words[at + word] = idView.getUint32(i * 16 + word * 4)
      if (at > 0 && this.#compare(this.#size - 1, this.#words, at) >= 0) continue
      this.#ordinals[this.#size] = ordinal
      this.#size++
    }
  }

  /** The ordinal of a well-formed id; -1: not here. */
  find(id: string): number {
    const words = wordPlaces.map((place) => wordAt(id, place))
    let low = 0,
      high = this.#size - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const order = this.#compare(middle, words, 0)
      if (order === 0) return this.#ordinals[middle]!
      if (order < 0) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #compare(index: number, words: ArrayLike<number>, at: number): number {
    for (let word = 0; word < 4; word++) {
      const difference = this.#words[index * 4 + word]! - words[at + word]!
      if (difference !== 0) return difference
    }
    return 0
  }

  #reserve(size: number): void {
    if (size <= this.#ordinals.length) return
    const capacity = Math.max(size, Math.ceil(this.#ordinals.length * 1.25))
    const [words, ordinals] = [new Uint32Array(capacity * 4), new Int32Array(capacity)]
    words.set(this.#words)
    ordinals.set(this.#ordinals)
    this.#words = words
    this.#ordinals = ordinals
  }
}
