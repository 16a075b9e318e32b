import type { Texts } from "./Chunk.ts"

const roomFor = (bytes: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, bytes)))

/** Sequences of bytes, each kept once and numbered in the order of its coming. Makes no string of them: that would take longer than all else. */
export class ByteDictionary {
  #bytes = new Uint8Array(4096)
  #starts = new Uint32Array(257)
  #hashes = new Int32Array(256)
  /** Numbers and one, by hash; 0: free. Twice as many as there may be sequences. */
  #slots = new Int32Array(512)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The number of `length` bytes at `at`. */
  add(bytes: Uint8Array, at: number, length: number): number {
    let hash = length
    for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    hash ^= hash >>> 15
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, bytes, at, length)) return found - 1
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.#size + 1
    return this.#append(hash, bytes, at, length)
  }

  /** The bytes of all, one after the other. */
  get texts(): Texts {
    const starts = this.#starts.subarray(0, this.#size + 1)
    return { starts, bytes: this.#bytes.subarray(0, starts[this.#size]) }
  }

  #equals(index: number, bytes: Uint8Array, at: number, length: number): boolean {
    const start = this.#starts[index]!
    if (this.#starts[index + 1]! - start !== length) return false
    for (let i = 0; i < length; i++) if (this.#bytes[start + i] !== bytes[at + i]) return false
    return true
  }

  #append(hash: number, bytes: Uint8Array, at: number, length: number): number {
    const start = this.#starts[this.#size]!
    if (start + length > this.#bytes.length) {
      const room = new Uint8Array(roomFor(start + length))
      room.set(this.#bytes)
      this.#bytes = room
    }
    for (let i = 0; i < length; i++) this.#bytes[start + i] = bytes[at + i]!
    this.#hashes[this.#size] = hash
    this.#size++
    this.#starts[this.#size] = start + length
    if (this.#size === this.#hashes.length) this.#grow()
    return this.#size - 1
  }

  #grow(): void {
    const hashes = new Int32Array(this.#size * 2)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const starts = new Uint32Array(this.#size * 2 + 1)
    starts.set(this.#starts)
    this.#starts = starts
    this.#slots = new Int32Array(this.#size * 4)
    const mask = this.#slots.length - 1
    for (let i = 0; i < this.#size; i++) {
      let slot = hashes[i]! & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = i + 1
    }
  }
}
