import { type Place, WhereFault } from "./WhereFault.ts"

/** The smallest parts of a typed condition. `text` of a quoted one is what the quotes hold; of a word, it as typed. */
export interface Token {
  readonly kind: "word" | "quoted" | "symbol" | "end"
  readonly text: string
  readonly place: Place
}

const space = /\s*/y
const word = /[^\s(),"'=!<>]+/y
const symbol = /[<>!=]=|<>|[=<>(),]/y
const doubleQuoted = /"(?:[^"\\]|\\.)*"/sy
const singleQuoted = /'(?:[^']|'')*'/y

const matchAt = (pattern: RegExp, text: string, start: number): string | undefined => {
  pattern.lastIndex = start
  return pattern.exec(text)?.[0]
}

const unescape = (quoted: string, place: Place): string => {
  try {
    return String(JSON.parse(quoted))
  } catch {
    throw new WhereFault({
      message: String.raw`In double quotes, text is written as in JSON: \" and \\, \n for a new line`,
      place
    })
  }
}

const readToken = (text: string, start: number): Token => {
  const found = (kind: Token["kind"], raw: string, value = raw): Token => ({
    kind,
    text: value,
    place: { start, end: start + raw.length }
  })
  if (start === text.length) return found("end", "")
  const typed = matchAt(word, text, start)
  if (typed !== undefined) return found("word", typed)
  const sign = matchAt(symbol, text, start)
  if (sign !== undefined) return found("symbol", sign)
  const double = matchAt(doubleQuoted, text, start)
  if (double !== undefined) return found("quoted", double, unescape(double, { start, end: start + double.length }))
  const single = matchAt(singleQuoted, text, start)
  if (single !== undefined) return found("quoted", single, single.slice(1, -1).replaceAll("''", "'"))
  throw new WhereFault(
    text[start] === "!"
      ? { message: "`!` stands only in `!=`", place: { start, end: start + 1 } }
      : { message: "This quote is not closed", place: { start, end: text.length } }
  )
}

/** Takes a typed condition apart; the last token is the end. Throws `WhereFault`. */
export const tokensOf = (text: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let at = 0
  do {
    at += matchAt(space, text, at)?.length ?? 0
    const token = readToken(text, at)
    tokens.push(token)
    at = token.place.end
  } while (tokens.at(-1)?.kind !== "end")
  return tokens
}
