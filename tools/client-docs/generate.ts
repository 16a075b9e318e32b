import { writeFile } from "node:fs/promises"
import { clientDocFile, freshClientDoc } from "./ClientDocFile.ts"

await writeFile(clientDocFile, await freshClientDoc())
