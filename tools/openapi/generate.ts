import { openApiDocument } from "@audiences/domain/api/OpenApiDocument"
import { mkdir, writeFile } from "node:fs/promises"

const folder = new URL("../../spec/", import.meta.url)
await mkdir(folder, { recursive: true })
await writeFile(new URL("openapi.json", folder), `${JSON.stringify(openApiDocument(), null, 2)}\n`)
