import type { AudienceType } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type Import, ImportId, type ImportQuery } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { FileStaging } from "@audiences/engine/imports/staging/FileStaging"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportReports } from "@audiences/engine/imports/reports/ImportReports"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { Imports, type UploadGrant } from "@audiences/engine/imports/Imports"
import { type Job, JobQueue } from "@audiences/engine/jobs/JobQueue"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { ImportRowRepoSql } from "@audiences/storage/imports/staging/ImportRowRepoSql"
import { ImportReportRepoSql } from "@audiences/storage/imports/reports/ImportReportRepoSql"
import { ImportUndoRepoSql } from "@audiences/storage/imports/undo/ImportUndoRepoSql"
import { UploadStoreFile } from "@audiences/storage/imports/uploads/UploadStoreFile"
import { Context, Effect, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

/** What was enqueued, in order. */
export class Enqueued extends Context.Service<Enqueued, { readonly jobs: Array<Job> }>()("test/Enqueued") {}

const enqueued = Layer.sync(Enqueued, () => ({ jobs: [] }))

const queue = Layer.effect(
  JobQueue,
  Effect.map(Enqueued, ({ jobs }) =>
    JobQueue.of({
      enqueue: (job) => Effect.sync(() => void jobs.push(job)),
      work: () => Effect.die(new Error("no worker"))
    })
  )
)

export class UploadFolder extends Context.Service<UploadFolder, { readonly path: string }>()("test/UploadFolder") {}

const folder = Layer.effect(
  UploadFolder,
  Effect.map(
    Effect.promise(() => mkdtemp(join(tmpdir(), "audiences-uploads-"))),
    (path) => ({ path })
  )
)

const store = Layer.unwrap(Effect.map(UploadFolder, ({ path }) => UploadStoreFile({ folder: path })))

/** Imports on the test database, without a worker: tests run each import themselves. */
export const ImportsTest = Layer.mergeAll(Imports.layer, ImportReports.layer, ImportUndo.layer).pipe(
  Layer.provideMerge(Layer.merge(ImportRepoSql, FileStaging.layer)),
  Layer.provideMerge(ImportRowRepoSql),
  Layer.provideMerge(Layer.merge(ImportReportRepoSql, ImportUndoRepoSql)),
  Layer.provideMerge(store),
  Layer.provideMerge(queue),
  Layer.provideMerge(Layer.mergeAll(folder, enqueued, PostgresTest))
)

export const uuid = Effect.flatMap(Effect.service(Uuid), (next) => next)

export const freshAudience = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  type: AudienceType = "STATIC_LIST"
) {
  const sql = yield* SqlClient.SqlClient
  const id = AudienceId.make(yield* uuid)
  yield* sql`
    INSERT INTO audiences (organization_id, id, name, name_folded, type, created_at, created_by)
    VALUES (${organizationId}, ${id}, 'List', 'list', ${type}, now(), 'key:test')`
  return id
})

export const fresh = Effect.gen(function* () {
  const organizationId = yield* freshOrganization
  return { organizationId, audienceId: yield* freshAudience(organizationId) }
})

export type Place = Effect.Success<typeof fresh>

export const grantOf = (url: string): UploadGrant => {
  const { pathname, searchParams } = new URL(url)
  const [, , organizationId, importId] = pathname.split("/")
  return {
    organizationId: organizationId!,
    importId: importId!,
    expires: searchParams.get("expires")!,
    signature: searchParams.get("signature")!
  }
}

export const bodyOf = (file: string | Uint8Array) =>
  Stream.make(typeof file === "string" ? (Buffer.from(file) as Uint8Array) : file)

export const open = ({ organizationId, audienceId }: Place, query: ImportQuery = {}) =>
  Effect.flatMap(Imports, (imports) => imports.create({ organizationId, name: "key:test" }, audienceId, query))

/** An import whose file has arrived. */
export const upload = Effect.fnUntraced(function* (place: Place, file: string | Uint8Array, query: ImportQuery = {}) {
  const imports = yield* Imports
  const { uploadUrl } = yield* open(place, query)
  return yield* imports.receive(grantOf(uploadUrl), bodyOf(file))
})

export const latest = ({ organizationId, audienceId }: Place) =>
  Effect.flatMap(Imports, (imports) => imports.latest(organizationId, audienceId))

export const bringIn = Effect.fnUntraced(function* (
  place: Place,
  file: string | Uint8Array,
  chunkRows = 10_000,
  query: ImportQuery = {}
) {
  const imports = yield* Imports
  const { id } = yield* upload(place, file, query)
  yield* imports
    .run(place.organizationId, id)
    .pipe(Effect.provideService(ImportLimits, { maxBytes: 1_000_000_000, maxRows: 1_000_000, chunkRows }))
  return yield* latest(place)
})

/** As the target of an import. */
export const into = (audienceId: AudienceId) => ({ _tag: "Audience", audienceId }) as const

/** The partition of an import's rows. */
export const partition = (id: Import["id"]) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<Record<"created" | "updated" | "unchanged" | "duplicate" | "rejected", number>>`
      SELECT created_rows::int AS created, updated_rows::int AS updated, unchanged_rows::int AS unchanged,
        duplicate_rows::int AS duplicate, rejected_rows::int AS rejected
      FROM imports WHERE id = ${ImportId.make(id)}`
    return row!
  })

/** All that an import wrote but ids and times: consumers by ordinal, who is a member, the errors. */
export const traces = ({ organizationId, audienceId }: Place) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const consumers = yield* sql`
      SELECT to_jsonb(c) - '{organization_id,id,created_at,created_by,updated_at,updated_by}'::text[] AS consumer
      FROM consumers c WHERE organization_id = ${organizationId} ORDER BY ordinal`
    const members = yield* sql`
      SELECT ordinal FROM static_members WHERE organization_id = ${organizationId} AND audience_id = ${audienceId} ORDER BY ordinal`
    const blocks = yield* sql`
      SELECT block, encode(sha256(bits), 'hex') AS bits, member_count FROM audience_blocks
      WHERE organization_id = ${organizationId} AND audience_id = ${audienceId} ORDER BY block`
    const errors =
      yield* sql`SELECT row::int, issues FROM import_errors WHERE organization_id = ${organizationId} ORDER BY import_id, row`
    return {
      consumers: consumers.map((row) => row.consumer as Record<string, unknown>),
      members: members.map((row) => row.ordinal),
      blocks,
      errors
    }
  })
