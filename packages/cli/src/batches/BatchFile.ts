import { Effect, Predicate } from "effect"
import { readUserFile, standardInput } from "../UserFile.ts"
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
  const found: Array<unknown> = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue
    const value = parse(line)
    if (value instanceof Error)
      return Effect.fail(new UsageError({ message: `Line ${i + 1} of ${name} is not JSON: ${value.message}` }))
    found.push(value)
  }
  return Effect.succeed(found)
}

/** What a batch file holds: a JSON array, the body of the batch operation, or one JSON object per line. At least one. */
export const readBatchFile = Effect.fnUntraced(function* (file: string, nouns: string) {
  const text = yield* readUserFile(file)
  const name = file === standardInput ? "standard input" : file
  const found = yield* parseBatch(text, name, nouns)
  if (found.length === 0) return yield* new UsageError({ message: `There are no ${nouns} in ${file}.` })
  return found
})

const parseBatch = (text: string, name: string, nouns: string): Effect.Effect<ReadonlyArray<unknown>, UsageError> => {
  const whole = parse(text)
  if (Array.isArray(whole)) return Effect.succeed(whole)
  if (Predicate.hasProperty(whole, nouns) && Array.isArray(whole[nouns])) return Effect.succeed(whole[nouns])
  if (!(whole instanceof Error)) return Effect.succeed([whole])
  return text.trimStart().startsWith("[")
    ? Effect.fail(new UsageError({ message: `${name} is not JSON: ${whole.message}` }))
    : parseLines(text, name)
}
