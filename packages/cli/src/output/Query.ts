import { Effect, Stream } from "effect"
import jsonata from "jsonata"
import { UsageError } from "../UsageError.ts"
import { printableJson } from "./Printable.ts"

const said = (error: unknown): string =>
  error instanceof Error ? error.message : String(Object(error).message ?? error)

/** A JSONata expression, ready to be applied. */
export const parseQuery = (text: string): Effect.Effect<jsonata.Expression, UsageError> =>
  Effect.try({
    try: () => jsonata(text),
    catch: (error) =>
      new UsageError({
        message: [
          `--query: ${said(error)}.`,
          ...(typeof Object(error).position === "number" && !text.includes("\n")
            ? [`  ${text}`, `  ${" ".repeat(Math.max(0, Object(error).position - 1))}^`]
            : [])
        ].join("\n")
      })
  })

/** What an expression makes of each object, in a line: texts as they are, all else as JSON. Where it makes nothing, there is no line. */
export const applyQuery = <E, R>(
  items: Stream.Stream<unknown, E, R>,
  text: string
): Stream.Stream<string, E | UsageError, R> =>
  Stream.unwrap(
    Effect.map(parseQuery(text), (expression) =>
      items.pipe(
        Stream.mapEffect((item) =>
          Effect.tryPromise({
            try: async (): Promise<unknown> => expression.evaluate(item),
            catch: (error) => new UsageError({ message: `--query: ${said(error)}.` })
          })
        ),
        Stream.filter((found) => found !== undefined),
        Stream.map((found) => (typeof found === "string" ? found : printableJson(found)))
      )
    )
  )
