import { refusedNode } from "./NodeVersion.ts"

const refusal = refusedNode(process.versions.node)
// Loaded only now: an older Node fails already at loading it, and says nothing that helps.
if (refusal === undefined) await import("./main.ts")
else {
  process.stderr.write(`${refusal}\n`)
  process.exitCode = 1
}
