const quote = 34
const lineFeed = 10
const carriageReturn = 13

/** Comma, semicolon, tab. */
const delimiters = [44, 59, 9]

const isByteOrderMark = (head: Uint8Array): boolean => head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf

/**
 * The delimiter of a header: of comma, semicolon and tab, the one that parts it most often outside quotes. Undefined while the header
 * is incomplete. A quote opens only where a cell begins; elsewhere it is text, as in `6" pipe`.
 */
export const detectDelimiter = (head: Uint8Array, isEnd: boolean): string | undefined => {
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]))
  let inQuotes = false
  // Where a quote opens: at the beginning of a cell, or right behind one that closed, which makes the two of them text.
  let opens = true
  let isBlank = true
  let isComplete = isEnd
  for (const byte of isByteOrderMark(head) ? head.subarray(3) : head) {
    if (byte === quote && (inQuotes || opens)) {
      inQuotes = !inQuotes
      opens = true
      isBlank = false
      continue
    }
    if (inQuotes) continue
    if (byte === lineFeed || byte === carriageReturn) {
      if (isBlank) continue
      isComplete = true
      break
    }
    isBlank = false
    const count = counts.get(byte)
    opens = count !== undefined
    if (count !== undefined) counts.set(byte, count + 1)
  }
  if (!isComplete) return undefined
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  return String.fromCharCode(best![0])
}
