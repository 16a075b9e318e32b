import { Data } from "effect"

/** Typed rules that were refused: what is wrong, and lines that show where, of problems elsewhere none. */
export class RulesRefused extends Data.TaggedError("RulesRefused")<{
  readonly faults: ReadonlyArray<{
    readonly message: string
    readonly path: ReadonlyArray<unknown>
    readonly caret: ReadonlyArray<string>
  }>
}> {}
