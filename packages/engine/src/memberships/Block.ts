/** Consumers in a block: those with ordinals `block * blockSize` to `block * blockSize + blockSize - 1`. */
export const blockSize = 65_536
const blockBytes = blockSize / 8

/**
 * The members of an audience within a block: 8192 bytes, bit `i` = the consumer with offset `i`, the lowest bit of each byte
 * first, as PostgreSQL's `get_bit` counts them. Functions never change their arguments, but for `set` and `clear`.
 */
export type Block = Uint8Array

export const blockOf = (ordinal: number): number => Math.floor(ordinal / blockSize)
export const offsetOf = (ordinal: number): number => ordinal % blockSize

export const emptyBlock = (): Block => new Uint8Array(blockBytes)

export const test = (block: Block, offset: number): boolean => (block[offset >>> 3]! & (1 << (offset & 7))) !== 0

export const set = (block: Block, offset: number): void => {
  block[offset >>> 3]! |= 1 << (offset & 7)
}

export const clear = (block: Block, offset: number): void => {
  block[offset >>> 3]! &= ~(1 << (offset & 7))
}

export const fromOffsets = (offsets: Iterable<number>): Block => {
  const block = emptyBlock()
  for (const offset of offsets) set(block, offset)
  return block
}

/** Ordinals of any blocks, as the blocks that they make. */
export const blocksOfOrdinals = (ordinals: Iterable<number>): Map<number, Block> => {
  const blocks = new Map<number, Block>()
  for (const ordinal of ordinals) {
    const number = blockOf(ordinal)
    let block = blocks.get(number)
    if (block === undefined) blocks.set(number, (block = emptyBlock()))
    set(block, offsetOf(ordinal))
  }
  return blocks
}

const bitsOfByte = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits++
  return bits
})

export const popcount = (block: Block): number => {
  let bits = 0
  for (let i = 0; i < blockBytes; i++) bits += bitsOfByte[block[i]!]!
  return bits
}

/** How many are in both. */
export const commonMembers = (a: Block, b: Block): number => {
  let members = 0
  for (let i = 0; i < blockBytes; i++) members += bitsOfByte[a[i]! & b[i]!]!
  return members
}

/** Who is in one of them only. */
export const xor = (a: Block, b: Block): Block => {
  const result = emptyBlock()
  for (let i = 0; i < blockBytes; i++) result[i] = a[i]! ^ b[i]!
  return result
}

/** Who is in both. */
export const and = (a: Block, b: Block): Block => {
  const result = emptyBlock()
  for (let i = 0; i < blockBytes; i++) result[i] = a[i]! & b[i]!
  return result
}

/** Who is in either. */
export const or = (a: Block, b: Block): Block => {
  const result = emptyBlock()
  for (let i = 0; i < blockBytes; i++) result[i] = a[i]! | b[i]!
  return result
}

/** `base`, but as `other` says for those in `mask`. */
export const overlay = (base: Block, mask: Block, other: Block): Block => {
  const result = emptyBlock()
  for (let i = 0; i < blockBytes; i++) result[i] = (base[i]! & ~mask[i]!) | (other[i]! & mask[i]!)
  return result
}

/** The first member at `from` or after it; -1: none. */
export const nextMember = (block: Block, from: number): number => {
  for (let offset = Math.max(0, from); offset < blockSize; offset++) {
    if ((offset & 7) === 0 && block[offset >>> 3] === 0) offset += 7
    else if (test(block, offset)) return offset
  }
  return -1
}

/** The last member at `from` or before it; -1: none. */
export const previousMember = (block: Block, from: number): number => {
  for (let offset = Math.min(blockSize - 1, from); offset >= 0; offset--) {
    if ((offset & 7) === 7 && block[offset >>> 3] === 0) offset -= 7
    else if (test(block, offset)) return offset
  }
  return -1
}

export const offsetsOf = (block: Block): Array<number> => {
  const offsets: Array<number> = []
  for (let offset = nextMember(block, 0); offset !== -1; offset = nextMember(block, offset + 1)) offsets.push(offset)
  return offsets
}

/** Offsets in 16 bits each, the high byte first, as PostgreSQL's `int2send` writes them. */
export const encodeOffsets = (offsets: ReadonlyArray<number>): Uint8Array => {
  const encoded = new Uint8Array(offsets.length * 2)
  offsets.forEach((offset, i) => {
    encoded[2 * i] = offset >>> 8
    encoded[2 * i + 1] = offset & 255
  })
  return encoded
}

export const decodeOffsets = (encoded: Uint8Array): Block => {
  const block = emptyBlock()
  for (let i = 0; i + 1 < encoded.length; i += 2) set(block, encoded[i]! * 256 + encoded[i + 1]!)
  return block
}

/** Who changed sides in a version: 8192 bytes are a bitset, anything shorter a list of offsets. */
export const encodeChange = (flips: Block): Uint8Array =>
  popcount(flips) * 2 < blockBytes ? encodeOffsets(offsetsOf(flips)) : flips

export const decodeChange = (changed: Uint8Array): Block =>
  changed.length === blockBytes ? changed : decodeOffsets(changed)
