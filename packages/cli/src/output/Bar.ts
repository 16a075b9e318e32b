const cells = 24
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

/** A bar of an amount beside the greatest, up to 24 terminal cells; something of whatever is more than nothing. */
export const bar = (amount: number, greatest: number): string => {
  if (amount <= 0 || greatest <= 0) return ""
  const steps = Math.max(1, Math.round((cells * 8 * amount) / greatest))
  return "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8]!
}

/** A part of a whole as people read it. */
export const share = (amount: number, whole: number): string =>
  whole === 0 ? "" : `${((100 * amount) / whole).toFixed(1)}%`
