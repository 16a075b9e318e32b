import { createWriteStream } from "node:fs"
import { stat } from "node:fs/promises"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { columns, consumer, line } from "../data/gen-consumers.mjs"

const linesOfPiece = 1000

function* pieces(begin: number, end: number): Generator<string> {
  yield `${columns.join(",")}\n`
  for (let from = begin; from < end; from += linesOfPiece) {
    let piece = ""
    for (let i = from; i < Math.min(end, from + linesOfPiece); i++) piece += `${line(consumer(i))}\n`
    yield piece
  }
}

/** Writes a CSV of generated consumers from the one of this number on, 12 columns each; returns its bytes. */
export const writeConsumerFile = async (path: string, rows: number, first = 0): Promise<number> => {
  await pipeline(Readable.from(pieces(first, first + rows)), createWriteStream(path))
  return (await stat(path)).size
}
