import type { Condition } from "@audiences/engine/rules/Condition"
import type { BlockChunks } from "./ColumnMirror.ts"
import type { Evaluate, Evaluated, Forget, ThreadRole } from "./ColumnMessages.ts"
import type { Worker } from "node:worker_threads"
import { Thread, ThreadDied } from "../threads/Thread.ts"
import { columnThread } from "./ColumnProgram.ts"

/** Blocks in one message: some milliseconds of work. */
const blocksAtOnce = 8
/** A task that threads keep dying of is given up. */
const maxAttempts = 3

/** Part of an evaluation. */
interface Task {
  readonly condition: Condition
  readonly now: number
  readonly blocks: ReadonlyArray<BlockChunks>
  readonly resolve: (evaluated: Evaluated) => void
  readonly reject: (error: unknown) => void
  attempts: number
}

interface Evaluating {
  readonly thread: Thread
  /** Ids of the chunks that it keeps. */
  readonly kept: Set<number>
  busy: boolean
}

/** Threads that evaluate blocks. Evaluations take turns: a small one does not wait for all of a large one. */
export class EvaluatorPool {
  readonly #size: number
  readonly #threads = new Set<Evaluating>()
  /** The tasks of each evaluation. */
  readonly #waiting: Array<Array<Task>> = []
  #closed = false

  constructor(size: number) {
    this.#size = size
  }

  async evaluate(
    condition: Condition,
    now: number,
    blocks: ReadonlyArray<BlockChunks>
  ): Promise<ReadonlyArray<Evaluated>> {
    const count = Math.ceil(blocks.length / blocksAtOnce)
    const parts = Array.from({ length: count }, (_, i) => blocks.slice(i * blocksAtOnce, (i + 1) * blocksAtOnce))
    const tasks: Array<Task> = []
    const evaluated = parts.map(
      (part) =>
        new Promise<Evaluated>((resolve, reject) => {
          tasks.push({ condition, now, blocks: part, resolve, reject, attempts: 0 })
        })
    )
    this.#waiting.push(tasks)
    this.#next()
    return Promise.all(evaluated)
  }

  get threads(): ReadonlyArray<Worker> {
    return [...this.#threads].map(({ thread }) => thread.worker)
  }

  forget(ids: ReadonlyArray<number>): void {
    for (const { kept, thread } of this.#threads) {
      const those = ids.filter((id) => kept.delete(id))
      if (those.length > 0) thread.tell({ forget: those } satisfies Forget)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#threads].map(({ thread }) => thread.worker.terminate()))
    for (const { reject } of this.#waiting.splice(0).flat()) reject(new ThreadDied("The threads were ended"))
  }

  #next(): void {
    if (this.#closed) return
    while (this.#waiting.length > 0) {
      const free = [...this.#threads].find(({ busy }) => !busy) ?? this.#start()
      if (free === undefined) return
      const tasks = this.#waiting.shift()!
      const task = tasks.shift()
      if (tasks.length > 0) this.#waiting.push(tasks)
      if (task !== undefined) void this.#run(free, task)
    }
  }

  #start(): Evaluating | undefined {
    if (this.#threads.size >= this.#size) return undefined
    const thread = new Thread(
      columnThread,
      { _tag: "Evaluator" } satisfies ThreadRole,
      () => undefined,
      () => {
        this.#threads.delete(started)
        this.#next()
      }
    )
    const started: Evaluating = { thread, kept: new Set(), busy: false }
    this.#threads.add(started)
    return started
  }

  async #run(evaluating: Evaluating, task: Task): Promise<void> {
    evaluating.busy = true
    try {
      task.resolve(
        await evaluating.thread.request(messageOf(task, evaluating.kept), (evaluated: Evaluated) => evaluated)
      )
    } catch (error) {
      if (error instanceof ThreadDied && !this.#closed && ++task.attempts < maxAttempts) this.#waiting.unshift([task])
      else task.reject(error)
    }
    evaluating.busy = false
    this.#next()
  }
}

/** Chunks that the thread keeps go by their ids, those that are old by now go along and are not kept. */
const messageOf = ({ blocks, condition, now }: Task, kept: Set<number>): Evaluate => {
  const added: Array<Evaluate["added"][number]> = []
  return {
    condition,
    now,
    added,
    blocks: blocks.map(({ block, chunks }) => ({
      block,
      chunks: chunks.map(([name, { chunk, id, isOld }]) => {
        if (isOld) return [name, chunk] as const
        if (!kept.has(id)) {
          kept.add(id)
          added.push([id, chunk])
        }
        return [name, id] as const
      })
    }))
  }
}
