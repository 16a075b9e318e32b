/** Words that lists show of a state, by what they mean for whoever reads them. */
const tones = {
  good: ["IN", "ACTIVE", "active", "COMPLETED", "SYNCED", "SUCCEEDED", "yes"],
  pending: ["PENDING", "PROCESSING", "RUNNING", "UNKNOWN", "stale", "archived"],
  bad: ["OUT", "FAILED", "INACTIVE", "inactive", "no"]
} as const

/** SGR codes: green, yellow, red. */
const codes = { good: 32, pending: 33, bad: 31 } as const
const usualColour = 39

const codeOf = new Map<string, number>(
  Object.entries(tones).flatMap(([tone, words]) =>
    words.map((word) => [word, codes[tone as keyof typeof codes]] as const)
  )
)

/** A cell in the colour of the state that it names, with the spaces around it as they are. */
export const toned = (cell: string): string => {
  const code = codeOf.get(cell.trim())
  return code === undefined ? cell : `\u001b[${code}m${cell}\u001b[${usualColour}m`
}
