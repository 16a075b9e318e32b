export interface ReferenceColumns {
  readonly rows: number
}

export declare const fold: (text: string) => string
export declare const columns: (rows: number) => ReferenceColumns
/** Sets one bit per member, after the caller has cleared them; returns how many. */
export declare const main: (columns: ReferenceColumns, bits: Uint32Array) => number
