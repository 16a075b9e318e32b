const cells = 24
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

/** A bar of so many eighths of a cell. */
const ofSteps = (steps: number): string => "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8]!

/** A bar of an amount beside the greatest, up to 24 terminal cells; something of whatever is more than nothing. */
export const bar = (amount: number, greatest: number): string => {
  if (amount <= 0 || greatest <= 0) return ""
  const steps = Math.max(1, Math.round((cells * 8 * amount) / greatest))
  return ofSteps(steps)
}

/** The bar at a part of its length, 0 to 1; something of it is left unless there is no room at all. */
export const shorterBar = (text: string, part: number): string => {
  if (text === "" || part <= 0) return ""
  const last = Math.max(0, eighths.indexOf(text.at(-1)!))
  const steps = 8 * (text.length - (last > 0 ? 1 : 0)) + last
  return ofSteps(Math.max(1, Math.round(steps * part)))
}

/** A part of a whole as people read it. */
export const share = (amount: number, whole: number): string =>
  whole === 0 ? "" : `${((100 * amount) / whole).toFixed(1)}%`
