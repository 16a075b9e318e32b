import { Data, Duration, Effect, Stream } from "effect"

/** The body, or the answer before it, broke off. */
export class BodyBroken extends Data.TaggedError("BodyBroken")<{ readonly cause: unknown }> {}

/** A body from some byte on. */
export interface BodyFrom {
  /** Of the whole object. */
  readonly bytes: number
  readonly pieces: AsyncIterable<Uint8Array>
}

/** A body that says nothing for so long is broken. */
const silence = Duration.seconds(60)

/** Attempts that bring nothing at all, one after the other: about ten minutes of them. */
const maxAttempts = 24

/** The first 100 ms, each twice the one before, half a minute at most. */
const pauseBefore = (attempt: number) => Duration.millis(Math.min(30_000, 100 * 2 ** (attempt - 1)))

/**
 * The whole of an object, however often its body breaks off: then the rest is asked for. Dies of the cause when several attempts in a
 * row bring nothing.
 */
export const resumedBody = <E>(
  open: (from: number) => Effect.Effect<BodyFrom, E | BodyBroken>
): Stream.Stream<Uint8Array, Exclude<E, BodyBroken>> => {
  const rest = (from: number, attempt: number): Stream.Stream<Uint8Array, E | BodyBroken> =>
    Stream.suspend(() => {
      let at = from
      let end: number | undefined
      const body = Effect.map(open(from), ({ bytes, pieces }) => {
        end = bytes
        return Stream.fromAsyncIterable(pieces, (cause) => new BodyBroken({ cause })).pipe(
          Stream.tap((piece) => Effect.sync(() => (at += piece.length))),
          Stream.timeoutOrElse({
            duration: silence,
            orElse: () => Stream.fail(new BodyBroken({ cause: new Error("The body went silent") }))
          }),
          Stream.concat(
            Stream.suspend(() =>
              at === bytes ? Stream.empty : Stream.fail(new BodyBroken({ cause: new Error("The body ended early") }))
            )
          )
        )
      })
      return Stream.catchIf(
        Stream.unwrap(body),
        (error): error is BodyBroken & E => error instanceof BodyBroken,
        ({ cause }) => {
          // Nothing is left to ask for.
          if (at === end) return Stream.empty
          const next = at > from ? 1 : attempt + 1
          return next > maxAttempts
            ? Stream.die(cause)
            : Stream.unwrap(Effect.as(Effect.sleep(pauseBefore(next)), rest(at, next)))
        }
      )
    })
  return rest(0, 0) as Stream.Stream<Uint8Array, Exclude<E, BodyBroken>>
}
