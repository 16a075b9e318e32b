import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { format, resolveConfig } from "prettier"
import { clientDoc } from "./ClientDoc.ts"

export const clientDocFile = fileURLToPath(new URL("../../docs/client.md", import.meta.url))

/** The document as it should be, laid out as the rest of the repository. */
export const freshClientDoc = async (): Promise<string> => {
  const layout = await resolveConfig(clientDocFile)
  return format(clientDoc(await readFile(clientDocFile, "utf8")), { ...layout, filepath: clientDocFile })
}
