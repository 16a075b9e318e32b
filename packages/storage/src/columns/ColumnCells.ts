import type { Column } from "@audiences/engine/columns/Column"
import type { Chunk } from "@audiences/engine/columns/Chunk"
import { amountBuilder, bitBuilder, type ChunkBuilder, numberBuilder } from "@audiences/engine/columns/ChunkBuilder"
import { type ByteChunkBuilder, textBuilder } from "@audiences/engine/columns/TextBuilder"
import { valueBuilder } from "@audiences/engine/columns/ValueBuilder"
import { columnSql } from "./ColumnSql.ts"

/** Takes values of one column as PostgreSQL sends them in binary: `length` bytes at `at`; −1: null. */
export interface CellReader {
  readonly read: (offset: number, bytes: Buffer, at: number, length: number) => void
  readonly build: () => Chunk
}

const reading = <Value>(
  builder: ChunkBuilder<Value>,
  missing: Value,
  value: (bytes: Buffer, at: number, length: number) => Value
): CellReader => ({
  read: (offset, bytes, at, length) => builder.set(offset, length < 0 ? missing : value(bytes, at, length)),
  build: builder.build
})

const readingBytes = ({ build, set }: ByteChunkBuilder): CellReader => ({
  read: set,
  build
})

/** 2000-01-01, from which PostgreSQL counts microseconds. */
const epochMillis = 946_684_800_000

const instantOf = (bytes: Buffer, at: number): number =>
  // Instants are whole milliseconds: what a double loses of the microseconds is rounded away.
  epochMillis + Math.round((bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4)) / 1000)

/** A number of digits, the place of the first, sign and scale, 16 bits each; then digits to the base of 10,000. */
const amountOf = (bytes: Buffer, at: number) => {
  const count = bytes.readInt16BE(at)
  const weight = bytes.readInt16BE(at + 2)
  const digit = (place: number) => {
    const i = weight - place
    return i >= 0 && i < count ? bytes.readInt16BE(at + 8 + 2 * i) : 0
  }
  let whole = 0
  for (let place = weight; place >= 0; place--) whole = whole * 10_000 + digit(place)
  return { whole, fraction: digit(-1) * 10_000 + digit(-2) }
}

type From<Tag extends Chunk["_tag"]> = Extract<Chunk, { readonly _tag: Tag }> | undefined

/** Reads into a copy of a chunk of the column, or into a new one. */
export const cellReader = (column: Column, from?: Chunk): CellReader => {
  switch (columnSql(column).travel) {
    case "boolean":
      return reading(bitBuilder(from as From<"Bits">), false, (bytes, at) => bytes[at] === 1)
    case "float8":
      return reading(numberBuilder(from as From<"Numbers">), Number.NaN, (bytes, at) => bytes.readDoubleBE(at))
    case "timestamptz":
      return reading(numberBuilder(from as From<"Numbers">), Number.NaN, instantOf)
    case "numeric":
      return reading(amountBuilder(from as From<"Amounts">), { whole: 0, fraction: 0 }, amountOf)
    case "text":
      return readingBytes(textBuilder(from as From<"RowTexts" | "Values">))
    case "json":
      return readingBytes(valueBuilder(from as From<"Values">))
  }
}
