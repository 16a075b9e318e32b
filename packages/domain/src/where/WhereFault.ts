import { Data } from "effect"

/** Where something stands in a text: UTF-16 units from its beginning, `end` not included. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** What is wrong with a typed condition, where, and what to write instead. */
export class WhereFault extends Data.TaggedError("WhereFault")<{
  readonly message: string
  readonly place: Place
}> {}
