/**
 * Characters that act on a terminal instead of showing: controls (C0, DEL, C1), line and paragraph separators, and the marks that
 * change the direction of the text around them.
 */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const acting = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const escapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const codeUnit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Text that anybody may have written, safe to show on a terminal in one line. */
export const printable = (text: string): string =>
  text.toWellFormed().replace(acting, (character) => escapes[character] ?? codeUnit(character))

/** As `printable`, over several lines. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n")

/** JSON in one line; means the same, and has no character that acts on a terminal. */
export const printableJson = (value: unknown): string => JSON.stringify(value).replace(acting, codeUnit)
