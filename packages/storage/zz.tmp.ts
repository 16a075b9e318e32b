import { Postgres } from "@audiences/storage/postgres/Postgres"
import { Migrations } from "@audiences/storage/Migrations"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { UploadStoreFile } from "@audiences/storage/imports/UploadStoreFile"
import { Imports } from "@audiences/engine/imports/Imports"
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { Effect, Redacted, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql"
import fs from "node:fs"
import { randomUUID } from "node:crypto"
const base = process.env.AUDIENCES_TEST_DATABASE_URL!
const name = "bench_imports"
const P = (url: string) => Postgres({ url: Redacted.make(url), maxConnections: 5 })
await Effect.runPromise(Effect.gen(function*(){ const sql = yield* SqlClient.SqlClient; yield* sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`); yield* sql.unsafe(`CREATE DATABASE ${name}`)}).pipe(Effect.provide(P(base))))
const u = new URL(base); u.pathname="/"+name
const jobs: any[] = []
const L = Imports.layer.pipe(Layer.provide([ImportRepoSql, UploadStoreFile({folder: "/tmp/uploads"}), Layer.succeed(JobQueue, { enqueue: (j: any) => Effect.sync(() => void jobs.push(j)), work: () => Effect.void } as any)]), Layer.provideMerge(Migrations), Layer.provideMerge(P(u.href)))
await Effect.runPromise(Effect.gen(function*(){
 const sql = yield* SqlClient.SqlClient; const imports = yield* Imports
 const org = randomUUID() as any, aud = randomUUID() as any
 yield* sql`INSERT INTO organizations (id, name, mode, upload_secret, created_at) VALUES (${org}::uuid,'x','live','\\x0011',now())`
 yield* sql`INSERT INTO audiences (organization_id,id,name,name_folded,type,created_at,created_by) VALUES (${org}::uuid,${aud}::uuid,'a','a','STATIC_LIST',now(),'x')`
 const actor = { organizationId: org, name: "key:x" }
 for (let k = 0; k < 3; k++) {
  const made = yield* imports.create(actor, aud)
  const url = new URL(made.uploadUrl); const [, , o, i] = url.pathname.split("/")
  let t = performance.now()
  const rec = yield* imports.receive({ organizationId: o!, importId: i!, expires: url.searchParams.get("expires")!, signature: url.searchParams.get("signature")! }, Stream.fromAsyncIterable(fs.createReadStream(process.argv[2] ?? "/tmp/c.csv"), (e) => e as Error))
  console.log("received", rec.status, performance.now() - t); t = performance.now()
  const p0 = (yield* sql`SELECT pg_current_wal_lsn()::text l`)[0]!.l
  yield* imports.run(org, i as any)
  const s = (performance.now() - t) / 1000
  const done = yield* imports.latest(org, aud)
  console.log(done.status, done.failureReason, done.totalConsumers, done.errorCount, `${s.toFixed(2)} s, ${Math.round(done.totalConsumers! / s)} rows/s`, (yield* sql`SELECT created_rows::int,updated_rows::int,unchanged_rows::int,duplicate_rows::int, pg_wal_lsn_diff(pg_current_wal_lsn(), ${p0}::pg_lsn)::float8/1e6 as wal_mb FROM imports WHERE id=${i}::uuid`)[0], process.memoryUsage().rss/1e6|0)
  if (k === 1) yield* sql`UPDATE consumers SET total_orders = total_orders + 1 WHERE ordinal % 10 = 0`
 }
 console.log((yield* sql`SELECT * FROM consumers LIMIT 1`)[0])
}).pipe(Effect.provide(L)))
