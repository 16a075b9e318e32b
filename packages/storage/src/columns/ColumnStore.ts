import type { OrganizationId } from "@audiences/domain/Organization"
import { type Column, type ColumnName, columnName } from "@audiences/engine/columns/Column"
import type { Pool } from "pg"
import { followChanges, loadColumns } from "./ColumnLoader.ts"
import { ColumnMemory, ColumnsTooLarge } from "./ColumnMemory.ts"
import type { NewChunk, Prepare, Prepared, TooLarge } from "./ColumnMessages.ts"
import type { LoadedColumn } from "./LoadedColumn.ts"

/** How long columns that did not fit are not tried again: by then consumers may have gone. */
const tooLargeMillis = 10 * 60_000

/** Keeps the columns of all organizations: loads what is asked for, and brings it up to date. */
export class ColumnStore {
  readonly #pool: Pool
  readonly #memory: ColumnMemory
  readonly #loading = new Map<string, Promise<void>>()
  /** The end of what follows the change feed of each organization. */
  readonly #following = new Map<OrganizationId, Promise<unknown>>()
  readonly #tooLarge = new Map<string, number>()

  constructor(pool: Pool, memoryBytes: number, dropped: (organizationId: OrganizationId, name: ColumnName) => void) {
    this.#pool = pool
    this.#memory = new ColumnMemory(memoryBytes, dropped)
  }

  /** Columns as of a position that is not before what was committed when they were asked for. */
  async prepare(asked: Prepare): Promise<Prepared | TooLarge> {
    const key = [asked.organizationId, ...asked.columns.map(columnName).sort()].join("\n")
    if (performance.now() < (this.#tooLarge.get(key) ?? 0)) return { tooLarge: true }
    this.#tooLarge.delete(key)
    try {
      return (await this.#prepared(asked)) ?? (await this.#prepared(asked)) ?? { tooLarge: true }
    } catch (error) {
      if (!(error instanceof ColumnsTooLarge)) throw error
      this.#tooLarge.set(key, performance.now() + tooLargeMillis)
      return { tooLarge: true }
    }
  }

  /** Undefined: the columns were too far behind, and are to be loaded anew. */
  async #prepared({ columns, organizationId }: Prepare): Promise<Prepared | undefined> {
    const loads = this.#load(organizationId, columns)
    const loaded = columns
      .map((column) => this.#memory.get(organizationId, column))
      .filter((each) => each !== undefined)
    using _ = this.#memory.pin(loaded)
    await Promise.all(loads)
    return this.#inTurn(organizationId, async () => {
      if (!(await followChanges(this.#pool, this.#memory, organizationId, loaded))) {
        for (const column of columns) this.#memory.drop(organizationId, column)
        return undefined
      }
      const chunks = loaded.flatMap((each) => untold(each))
      return { position: loaded[0]?.position ?? 0, chunks }
    })
  }

  /** Begins to load what is not loaded; what comes back is what is being loaded, by this call or another. */
  #load(organizationId: OrganizationId, columns: ReadonlyArray<Column>): ReadonlyArray<Promise<void>> {
    const keyOf = (column: Column) => `${organizationId}\n${columnName(column)}`
    const missing = columns.filter((column) => this.#memory.get(organizationId, column) === undefined)
    if (missing.length > 0) {
      const added = missing.map((column) => this.#memory.add(organizationId, column))
      const load = this.#loadInto(organizationId, added).finally(() => {
        for (const column of missing) this.#loading.delete(keyOf(column))
      })
      for (const column of missing) this.#loading.set(keyOf(column), load)
    }
    return [...new Set(columns.flatMap((column) => this.#loading.get(keyOf(column)) ?? []))]
  }

  async #loadInto(organizationId: OrganizationId, columns: ReadonlyArray<LoadedColumn>): Promise<void> {
    using _ = this.#memory.pin(columns)
    try {
      await loadColumns(this.#pool, this.#memory, organizationId, columns)
    } catch (error) {
      for (const { column } of columns) this.#memory.drop(organizationId, column)
      throw error
    }
  }

  /** Runs after what was to be run before for the same organization. */
  #inTurn<A>(organizationId: OrganizationId, run: () => Promise<A>): Promise<A> {
    const before = this.#following.get(organizationId) ?? Promise.resolve()
    const result = before.then(run)
    const end = result
      .catch(() => undefined)
      .then(() => {
        if (this.#following.get(organizationId) === end) this.#following.delete(organizationId)
      })
    this.#following.set(organizationId, end)
    return result
  }
}

const untold = (loaded: LoadedColumn): ReadonlyArray<NewChunk> =>
  loaded.takeUntold().map(([block, chunk]) => ({ name: columnName(loaded.column), block, chunk }))
