import { writeFile } from "node:fs/promises"
import { cliDocFile, freshCliDoc } from "./CliDocFile.ts"

await writeFile(cliDocFile, await freshCliDoc())
