import type { OrganizationId } from "@audiences/domain/Organization"
import { type Column, type ColumnName, columnName } from "@audiences/engine/columns/Column"
import type { Chunk } from "@audiences/engine/columns/Chunk"
import { LoadedColumn } from "./LoadedColumn.ts"

/** Columns would take more memory than they may, with none left that could be dropped. */
export class ColumnsTooLarge extends Error {}

/** The columns of all organizations; those that were not used for longest give way. */
export class ColumnMemory {
  readonly #limit: number
  readonly #dropped: (organizationId: OrganizationId, name: ColumnName) => void
  readonly #organizations = new Map<OrganizationId, Map<ColumnName, LoadedColumn>>()
  #bytes = 0
  #uses = 0

  constructor(limit: number, dropped: (organizationId: OrganizationId, name: ColumnName) => void) {
    this.#limit = limit
    this.#dropped = dropped
  }

  get(organizationId: OrganizationId, column: Column): LoadedColumn | undefined {
    return this.#organizations.get(organizationId)?.get(columnName(column))
  }

  /** A new, empty column, which replaces what there is. */
  add(organizationId: OrganizationId, column: Column): LoadedColumn {
    this.drop(organizationId, column)
    const columns = this.#organizations.get(organizationId) ?? new Map<ColumnName, LoadedColumn>()
    this.#organizations.set(organizationId, columns)
    const added = new LoadedColumn(column)
    columns.set(columnName(column), added)
    return added
  }

  /** Keeps columns from being dropped for want of memory. */
  pin(columns: ReadonlyArray<LoadedColumn>): Disposable {
    for (const column of columns) {
      column.pins++
      column.used = ++this.#uses
    }
    return {
      [Symbol.dispose]: () => {
        for (const column of columns) column.pins--
      }
    }
  }

  /** Fails with ColumnsTooLarge. */
  put(column: LoadedColumn, block: number, chunk: Chunk): void {
    this.#bytes += column.put(block, chunk)
    while (this.#bytes > this.#limit) {
      const oldest = this.#leastUsed()
      if (oldest === undefined) throw new ColumnsTooLarge()
      this.drop(...oldest)
    }
  }

  drop(organizationId: OrganizationId, column: Column): void {
    const columns = this.#organizations.get(organizationId)
    const name = columnName(column)
    const loaded = columns?.get(name)
    if (columns === undefined || loaded === undefined) return
    columns.delete(name)
    if (columns.size === 0) this.#organizations.delete(organizationId)
    this.#bytes -= loaded.bytes
    this.#dropped(organizationId, name)
  }

  #leastUsed(): readonly [OrganizationId, Column] | undefined {
    let found: { readonly organizationId: OrganizationId; readonly loaded: LoadedColumn } | undefined
    for (const [organizationId, columns] of this.#organizations)
      for (const loaded of columns.values())
        if (loaded.pins === 0 && (found === undefined || loaded.used < found.loaded.used))
          found = { organizationId, loaded }
    return found === undefined ? undefined : [found.organizationId, found.loaded.column]
  }
}
