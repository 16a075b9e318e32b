import { Effect, Predicate } from "effect"
import { UsageError } from "../UsageError.ts"

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** One object per line; lines that are empty are passed over. */
const parseLines = (text: string, name: string): Effect.Effect<ReadonlyArray<unknown>, UsageError> => {
  const consumers: Array<unknown> = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue
    const value = parse(line)
    if (value instanceof Error)
      return Effect.fail(new UsageError({ message: `Line ${i + 1} of ${name} is not JSON: ${value.message}` }))
    consumers.push(value)
  }
  return Effect.succeed(consumers)
}

/** The consumers of a file: a JSON array, the body of the batch operation, or one JSON object per line. */
export const parseConsumers = (text: string, name: string): Effect.Effect<ReadonlyArray<unknown>, UsageError> => {
  const whole = parse(text)
  if (Array.isArray(whole)) return Effect.succeed(whole)
  if (Predicate.hasProperty(whole, "consumers") && Array.isArray(whole.consumers))
    return Effect.succeed(whole.consumers)
  if (!(whole instanceof Error)) return Effect.succeed([whole])
  return text.trimStart().startsWith("[")
    ? Effect.fail(new UsageError({ message: `${name} is not JSON: ${whole.message}` }))
    : parseLines(text, name)
}
