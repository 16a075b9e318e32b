import { evaluateBlock } from "@audiences/engine/columns/BlockEvaluation"
import type { Chunk } from "@audiences/engine/columns/Chunk"
import { testOf } from "@audiences/engine/columns/ConditionTest"
import type { Evaluate, Evaluated } from "./ColumnMessages.ts"

/** Asks conditions of blocks, and keeps the chunks that it was given to keep. */
export class BlockEvaluator {
  readonly #kept = new Map<number, Chunk>()

  evaluate({ added, blocks, condition, now }: Evaluate): Evaluated {
    for (const [id, chunk] of added) this.#kept.set(id, chunk)
    const test = testOf(condition, now)
    return {
      blocks: blocks.flatMap(({ block, chunks }) => {
        const bits = evaluateBlock(test, new Map(chunks.map(([name, chunk]) => [name, this.#chunk(chunk)])))
        return bits === null ? [] : [[block, bits] as const]
      })
    }
  }

  forget(ids: ReadonlyArray<number>): void {
    for (const id of ids) this.#kept.delete(id)
  }

  #chunk(chunk: Chunk | number): Chunk {
    const found = typeof chunk === "number" ? this.#kept.get(chunk) : chunk
    if (found === undefined) throw new Error(`No chunk ${String(chunk)} is kept`)
    return found
  }
}
