import { type Block, emptyBlock } from "../memberships/Block.ts"
import { isEmpty } from "./Chunk.ts"
import { chunkOf, type Chunks, type Test } from "./Test.ts"

/** Who of a block meets a condition; null: nobody. */
export const evaluateBlock = (test: Test, chunks: Chunks): Block | null => {
  const live = chunkOf(chunks, "live", "Bits").words
  // Columns that were loaded after everybody had gone have no chunk.
  if (isEmpty(live)) return null
  const block = emptyBlock()
  const found = new Int32Array(block.buffer, 0, live.length)
  test.scan(chunks, new Int32Array(live), found)
  return isEmpty(found) ? null : block
}
