import { Migrations } from "@audiences/storage/Migrations"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { Effect, Layer, Redacted } from "effect"
import { Client } from "pg"
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { type Bench, compared, rounded } from "../Benchmark.ts"
import { writeConsumerFile } from "../imports/ConsumerFile.ts"
import { copyFile, mergeCopied } from "../imports/HandWritten.ts"
import { sendFile, untilEnded } from "../imports/ImportedFile.ts"
import { PrivateFolder } from "../PrivateFolder.ts"
import { PrivatePostgres } from "../PrivatePostgres.ts"
import { ServerProcess } from "../ServerProcess.ts"

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const databaseOf = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

const connected = async (url: string): Promise<Client> => {
  const client = new Client(url)
  await client.connect()
  return client
}

/** An import that is COMPLETED goes on for a moment, to forget its staged rows. */
const untilCleared = async (client: Client): Promise<void> => {
  while ((await client.query("SELECT 1 FROM import_rows LIMIT 1")).rows.length > 0) await setTimeout(100)
}

/** Another database of the same server, with the same tables and indexes; nobody but the reference is in it. */
const referenceDatabase = async (admin: Client, url: string) => {
  await admin.query("CREATE DATABASE handwritten")
  const own = databaseOf(url, "handwritten")
  const migrated = Layer.build(Migrations).pipe(
    Effect.scoped,
    Effect.provide(Postgres({ url: Redacted.make(own), maxConnections: 2 }))
  )
  await Effect.runPromise(migrated)
  const client = await connected(own)
  const [organizationId, audienceId] = [randomUUID(), randomUUID()]
  await client.query(
    `INSERT INTO organizations (id, name, mode, upload_secret, created_at) VALUES ($1::uuid, 'Bench', 'live', '\\x00', now())`,
    [organizationId]
  )
  await client.query(
    `INSERT INTO audiences (organization_id, id, name, name_folded, type, created_at, created_by)
    VALUES ($1::uuid, $2::uuid, 'List', 'list', 'STATIC_LIST', now(), 'bench')`,
    [organizationId, audienceId]
  )
  return { client, organizationId, audienceId }
}

/** From the first byte of the upload to COMPLETED, beside COPY and INSERT … ON CONFLICT by hand. */
const bench: Bench = {
  name: "imports",
  describe: "a file of 12 columns into an audience, and the same again, beside COPY and INSERT … ON CONFLICT by hand",
  run: async (size) => {
    await using folder = await PrivateFolder.make()
    await using postgres = await PrivatePostgres.start()
    const path = join(folder.path, "consumers.csv")
    const bytes = await writeConsumerFile(path, size.rows)
    const admin = await connected(postgres.url)
    const reference = await referenceDatabase(admin, postgres.url)
    await using server = await ServerProcess.start({ ...size, databaseUrl: postgres.url })
    try {
      const { id } = await server.call<{ id: string }>("POST", "/audiences", { name: "List", type: "STATIC_LIST" })
      const ours = () =>
        secondsOf(async () => {
          await sendFile(server, id, path)
          const ended = await untilEnded(server, id)
          if (ended.status !== "COMPLETED") throw new Error(`the import ended ${ended.status}: ${ended.failureReason}`)
          const { createdRows, unchangedRows } = ended
          if (createdRows + unchangedRows !== size.rows)
            throw new Error(`not every row is in: ${JSON.stringify(ended)}`)
        })
      const copies: Array<number> = []
      const byHand = (onlyNews: boolean) =>
        secondsOf(async () => {
          copies.push(await secondsOf(() => copyFile(reference.client, path)))
          await mergeCopied(reference.client, { ...reference, rows: size.rows, onlyNews })
        })
      // Neither side is to be measured beside what the other left to do: PostgreSQL would vacuum both within the next minutes.
      const settle = async () => {
        await untilCleared(admin)
        for (const client of [admin, reference.client])
          await client.query("VACUUM (ANALYZE) consumers, static_members, import_rows, changes")
        await admin.query("CHECKPOINT")
      }
      const created = await ours()
      await settle()
      const createdByHand = await byHand(false)
      await settle()
      const again = await ours()
      await settle()
      const againByHand = await byHand(true)
      const what = `${rounded(size.rows)} rows, ${rounded(bytes / 2 ** 20)} MiB`
      return [
        compared({
          work: `${what}, of people who are new`,
          unit: "s",
          figure: created,
          reference: createdByHand,
          reach: { atMost: 1.5 }
        }),
        compared({
          work: `${what}, the same file again`,
          unit: "s",
          figure: again,
          reference: againByHand,
          reach: { atMost: 1.5 }
        }),
        compared({
          work: "the first import, beside nothing but COPY into a plain table without an index",
          unit: "s",
          figure: created,
          reference: Math.min(...copies)
        })
      ]
    } finally {
      await reference.client.end()
      await admin.end()
    }
  }
}

export default bench
