const ascii = /^[\x20-\x7e]*$/

/**
 * The one comparison form of text: NFC, then every code point to upper and to lower case, then NFC. `ß` = `SS` = `ss`, and
 * Σ, σ, ς are one. Case mapping goes code point by code point, since `toLowerCase` of a whole string looks at its neighbours (final sigma).
 */
export const fold = (text: string): string => {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ""
  for (const codePoint of text.normalize("NFC")) {
    for (const upper of codePoint.toUpperCase()) folded += upper.toLowerCase()
  }
  return folded.normalize("NFC")
}
