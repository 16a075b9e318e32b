import { Data } from "effect"

/** There is no key to show. `file` is where one was looked for. */
export class KeyMissing extends Data.TaggedError("KeyMissing")<{
  readonly baseUrl: string
  readonly file?: string
  readonly unreadable?: boolean
}> {}
