import { Effect, type Stdio } from "effect"
import { ValidationError } from "@audiences/domain/ValidationError"
import { note } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"

/** Counts from the start of the file, not of the piece. */
const shifted = (error: ValidationError, offset: number): ValidationError =>
  new ValidationError({
    issues: error.issues.map((issue) => ({
      ...issue,
      path: issue.path.map((item, i) =>
        i === 1 && typeof item.key === "number" ? { ...item, key: item.key + offset } : item
      )
    }))
  })

interface Batch<A, E, R> {
  readonly nouns: string
  /** The most that one request takes. */
  readonly size: number
  /** What happens to those of the file that are written already when it is sent again. */
  readonly again: string
  /** Writes one piece, all or none. */
  readonly write: (piece: ReadonlyArray<unknown>) => Effect.Effect<ReadonlyArray<A>, E | ValidationError, R>
}

/** Writes all that a file holds, a piece after the other. */
export const writePieces = <A, E, R>(
  found: ReadonlyArray<unknown>,
  { again, nouns, size, write }: Batch<A, E, R>
): Effect.Effect<ReadonlyArray<A>, E | ValidationError, R | Stdio.Stdio | Progress> =>
  Effect.gen(function* () {
    const progress = yield* Progress
    const written: Array<A> = []
    for (let offset = 0; offset < found.length; offset += size) {
      yield* progress.show({
        label: "Writing",
        percent: (100 * offset) / found.length,
        details: [`${offset} of ${found.length}`]
      })
      const piece = yield* write(found.slice(offset, offset + size)).pipe(
        Effect.mapError((error) => (error instanceof ValidationError ? shifted(error, offset) : error)),
        Effect.onError(() => progress.end),
        Effect.tapError(() =>
          offset === 0
            ? Effect.void
            : note(
                `The first ${offset} ${nouns} are written; the others are not. The file may be sent again: ${again}.`
              )
        )
      )
      written.push(...piece)
    }
    yield* progress.end
    return written
  })
