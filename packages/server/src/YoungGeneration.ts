import { setFlagsFromString } from "node:v8"

/** MiB of each half of what V8 keeps new objects in, from the start in threads. It would let them grow to hundreds under an import, and keep them. */
const semiSpace = 8

/** To be called before much else is. */
export const boundYoungGeneration = (): void => {
  setFlagsFromString(`--max-semi-space-size=${semiSpace}`)
  setFlagsFromString(`--min-semi-space-size=${semiSpace}`)
  setFlagsFromString("--semi-space-growth-factor=1")
}
