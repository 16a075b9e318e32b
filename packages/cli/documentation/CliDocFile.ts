import { readFile } from "node:fs/promises"
import { Effect } from "effect"
import { cliDoc, marker } from "./CliDoc.ts"
import { helpDocs } from "./HelpDocs.ts"

export const cliDocFile = new URL("../../../docs/cli.md", import.meta.url)

/** The page as it should be: its head as it stands, and what follows generated anew. */
export const freshCliDoc = async (): Promise<string> => {
  const [head = ""] = (await readFile(cliDocFile, "utf8")).split(marker)
  return head + cliDoc(await Effect.runPromise(helpDocs))
}
