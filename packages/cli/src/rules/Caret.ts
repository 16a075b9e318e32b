import { CliOutput } from "effect/cli"
import type { Place } from "@audiences/domain/where/WhereFault"
import { printable } from "../output/Printable.ts"

/** Characters shown before and after the fault in a long line. */
const before = 30
const after = 45

/** The line of a text that holds a place, and below it a caret under every character of the place. */
export const caretLines = (text: string, { end, start }: Place): ReadonlyArray<string> => {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1
  const nextLine = text.indexOf("\n", start)
  const lineEnd = nextLine === -1 ? text.length : nextLine
  const from = start - lineStart > before + after ? start - before : lineStart
  const to = lineEnd - start > before + after ? start + after : lineEnd
  const shown = (begin: number, until: number) => printable(text.slice(begin, until).replaceAll("\t", " "))
  const lead = `  ${from > lineStart ? "…" : ""}`
  const width = CliOutput.displayWidth(shown(start, Math.min(end, to)))
  return [
    `${lead}${shown(from, to)}${to < lineEnd ? "…" : ""}`,
    " ".repeat(CliOutput.displayWidth(lead + shown(from, start))) + "^".repeat(Math.max(1, width))
  ]
}
