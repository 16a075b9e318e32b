import type { OrganizationId } from "@audiences/domain/Organization"
import { type ColumnName, columnName, columnsOf } from "@audiences/engine/columns/Column"
import type { Evaluation } from "@audiences/engine/memberships/MembershipRepo"
import type { Condition } from "@audiences/engine/rules/Condition"
import type { Worker } from "node:worker_threads"
import { ColumnMirror } from "./ColumnMirror.ts"
import type { Dropped, Prepare, Prepared, ThreadRole, TooLarge } from "./ColumnMessages.ts"
import { EvaluatorPool } from "./EvaluatorPool.ts"
import { Thread, ThreadDied } from "../threads/Thread.ts"
import { columnThread } from "./ColumnProgram.ts"

export interface ColumnOptions {
  /** A PostgreSQL URL. */
  readonly url: string
  /** What the columns of all organizations may take together. */
  readonly memoryBytes: number
  /** Threads that evaluate, besides the one that loads. */
  readonly threads: number
}

/** Evaluation over columns in threads of their own, which begin with the first one. */
export class Columns {
  readonly #options: ColumnOptions
  readonly #pool: EvaluatorPool
  readonly #mirror: ColumnMirror
  #loader: Thread | undefined

  constructor(options: ColumnOptions) {
    this.#options = options
    this.#pool = new EvaluatorPool(options.threads)
    this.#mirror = new ColumnMirror((ids) => this.#pool.forget(ids))
  }

  /** `now` in milliseconds since 1970. Null: the columns do not fit into memory. */
  async evaluate(organizationId: OrganizationId, condition: Condition, now: number): Promise<Evaluation | null> {
    const columns = columnsOf(condition)
    const prepared = await this.#prepare({ organizationId, columns })
    if ("tooLarge" in prepared) return null
    const parts = await this.#pool.evaluate(condition, now, prepared.blocks)
    return { position: prepared.position, blocks: new Map(parts.flatMap(({ blocks }) => blocks)) }
  }

  /** The bytes that the columns of an organization take, of those that are loaded. */
  memory(organizationId: OrganizationId): ReadonlyMap<ColumnName, number> {
    return this.#mirror.memory(organizationId)
  }

  /** Those that run by now. */
  get threads(): ReadonlyArray<Worker> {
    return [...this.#pool.threads, ...(this.#loader === undefined ? [] : [this.#loader.worker])]
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#loader?.worker.terminate()])
  }

  async #prepare(asked: Prepare) {
    const prepare = () =>
      this.#loading().request(asked, (answer: Prepared | TooLarge) => {
        if ("tooLarge" in answer) return answer
        this.#mirror.put(asked.organizationId, answer.chunks)
        const blocks = this.#mirror.blocks(asked.organizationId, asked.columns.map(columnName))
        return { position: answer.position, blocks }
      })
    // What a thread knew is lost with it: another begins from nothing.
    return prepare().catch((error: unknown) =>
      error instanceof ThreadDied ? prepare() : Promise.reject(error as Error)
    )
  }

  #loading(): Thread {
    const { memoryBytes, url } = this.#options
    this.#loader ??= new Thread(
      columnThread,
      { _tag: "Loader", url, memoryBytes } satisfies ThreadRole,
      (message) => this.#mirror.drop(message as Dropped),
      () => {
        this.#loader = undefined
        this.#mirror.clear()
      }
    )
    return this.#loader
  }
}
