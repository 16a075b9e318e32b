/** What `Retry-After` asks for, in milliseconds from `now`: whole seconds, or an HTTP date. 0: nothing that makes sense. */
export const retryAfterMillis = (header: string | undefined, now: number): number => {
  if (header === undefined) return 0
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  // Reads a text, not the clock. DateTime would bring all of Effect to programs without it.
  // eslint-disable-next-line no-restricted-globals
  const at = Date.parse(header)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now)
}
