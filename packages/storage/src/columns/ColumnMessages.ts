import type { OrganizationId } from "@audiences/domain/Organization"
import type { Chunk } from "@audiences/engine/columns/Chunk"
import type { Column, ColumnName } from "@audiences/engine/columns/Column"
import type { Condition } from "@audiences/engine/rules/Condition"

/** What a thread is for: one keeps the columns, the others ask conditions of them. */
export type ThreadRole =
  { readonly _tag: "Loader"; readonly url: string; readonly memoryBytes: number } | { readonly _tag: "Evaluator" }

/** Asks the loader for columns of an organization as they are now. */
export interface Prepare {
  readonly organizationId: OrganizationId
  readonly columns: ReadonlyArray<Column>
}

/** A chunk that the loader has not told of yet. */
export interface NewChunk {
  readonly name: ColumnName
  readonly block: number
  readonly chunk: Chunk
}

/** All columns that were asked for stand at this position of the change feed once these chunks take their places. */
export interface Prepared {
  readonly position: number
  readonly chunks: ReadonlyArray<NewChunk>
}

/** The columns do not fit into the memory that columns may take. */
export interface TooLarge {
  readonly tooLarge: true
}

/** A column that is kept no longer. */
export interface Dropped {
  readonly organizationId: OrganizationId
  readonly name: ColumnName
}

/** Asks an evaluator about some blocks. */
export interface Evaluate {
  readonly condition: Condition
  /** Milliseconds since 1970. */
  readonly now: number
  readonly blocks: ReadonlyArray<{
    readonly block: number
    /** Chunks, or the ids of those that the evaluator keeps. */
    readonly chunks: ReadonlyArray<readonly [name: ColumnName, chunk: Chunk | number]>
  }>
  /** Chunks to keep. */
  readonly added: ReadonlyArray<readonly [id: number, chunk: Chunk]>
}

/** Bitsets of the blocks with anybody in them. */
export interface Evaluated {
  readonly blocks: ReadonlyArray<readonly [block: number, bits: Uint8Array]>
}

/** Chunks to keep no longer. */
export interface Forget {
  readonly forget: ReadonlyArray<number>
}
