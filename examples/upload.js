// Imports a file of people and shows how it gets on.
//
//   npm run build
//   AUDIENCES_SECRET_KEY=sk_… node examples/upload.js
//
// AUDIENCES_URL names the server, http://127.0.0.1:4800/api unless set.
import { AudiencesClient, AudiencesError } from "@audiences/client/promise"

const { AUDIENCES_SECRET_KEY: apiKey, AUDIENCES_URL: baseUrl } = process.env
if (!apiKey) throw new Error("Set AUDIENCES_SECRET_KEY to a key of the server")

const client = new AudiencesClient({ apiKey, ...(baseUrl ? { baseUrl } : {}) })
const list = await client.audiences.create({ name: "Example: guests", type: "STATIC_LIST" })

// A text here; a `File` of a form, a `Blob` or a `ReadableStream` do as well.
const file = "email,fullName,ltv\nada@example.com,Ada Lovelace,1815.12\nalan@example.com,Alan Turing,many\n"

// Whoever does not want to wait any longer aborts it.
const patient = client.with({ signal: AbortSignal.timeout(60_000) })
try {
  const upload = patient.imports.upload(list.id, file)
  for await (const { progress, status } of upload) console.log(`${status} ${progress} %`)

  // Awaited, it is the import as it ended.
  const { errorCount, errors, processedConsumers } = await upload
  console.log(`${processedConsumers} rows read, ${errorCount} refused`)
  for (const { row } of errors ?? []) console.log(`  line ${row}`)
} catch (error) {
  if (!(error instanceof AudiencesError && error.kind === "ImportFailed")) throw error
  console.error(error.message)
}

await client.audiences.archive(list.id)
