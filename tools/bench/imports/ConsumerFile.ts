import { createWriteStream } from "node:fs"
import { stat } from "node:fs/promises"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { columns, consumer, line } from "../data/gen-consumers.mjs"

const linesOfPiece = 1000

function* pieces(rows: number): Generator<string> {
  yield `${columns.join(",")}\n`
  for (let from = 0; from < rows; from += linesOfPiece) {
    let piece = ""
    for (let i = from; i < Math.min(rows, from + linesOfPiece); i++) piece += `${line(consumer(i))}\n`
    yield piece
  }
}

/** Writes a CSV of generated consumers, 12 columns each; returns its bytes. */
export const writeConsumerFile = async (path: string, rows: number): Promise<number> => {
  await pipeline(Readable.from(pieces(rows)), createWriteStream(path))
  return (await stat(path)).size
}
