import type { Actor } from "@audiences/domain/Actor"
import { ConsumerId } from "@audiences/domain/Consumer"
import type { ImportId } from "@audiences/domain/Import"
import { ConsumerRepo } from "@audiences/engine/consumers/ConsumerRepo"
import { FileStaging } from "@audiences/engine/imports/staging/FileStaging"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportRepo } from "@audiences/engine/imports/ImportRepo"
import { ImportReportRepo } from "@audiences/engine/imports/reports/ImportReportRepo"
import { ImportRowRepo } from "@audiences/engine/imports/staging/ImportRowRepo"
import { runImport } from "@audiences/engine/imports/ImportRun"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { bringIn, fresh, ImportsTest, latest, partition, type Place, upload } from "./Importing.ts"

const ErasingTest = Layer.merge(ConsumerRepoSql, DatabaseClockSql).pipe(Layer.provideMerge(ImportsTest))

/** The person by each identifier alone, by all together, in other letters, twice, and in a row that is rejected anyway. */
const file = [
  "email,phone,externalId,fullName,ltv",
  "other1@x.co,,,First,",
  "ZOE@x.co,,,Back,",
  ",+4915550001,,Back,",
  ",,Zoe-1,Back,",
  "zoe@x.co,+4915550001,zoe-1,Back,",
  "fresh@x.co,,ZOE-1,Back,",
  " zoe@x.co ,,,Back,much",
  "other2@x.co,,,Last,"
].join("\n")
const rows = file.split("\n").length - 1

const firstly = "email,phone,externalId,fullName\nzoe@x.co,+4915550001,zoe-1,Zoe\n"

const erase = Effect.fnUntraced(function* ({ organizationId }: Place) {
  const sql = yield* SqlClient.SqlClient
  const [person] = yield* sql<{ id: string }>`
    SELECT id FROM consumers WHERE organization_id = ${organizationId}::uuid AND email = 'zoe@x.co' AND NOT archived`
  const actor = { organizationId, name: "key:test" } as Actor
  const now = yield* (yield* DatabaseClock).now
  yield* (yield* ConsumerRepo).archive(actor, now, ConsumerId.make(person!.id), true)
})

/** Runs an import, and something before one of its steps; how many steps there were. */
const runErasing = Effect.fnUntraced(function* (place: Place, id: ImportId, moment: number) {
  const repo = yield* ImportRepo
  const files = yield* ImportRowRepo
  const reports = yield* ImportReportRepo
  const services = yield* Effect.context<ConsumerRepo | DatabaseClock | SqlClient.SqlClient>()
  let steps = 0
  const erasing = Effect.suspend(() => (steps++ === moment ? Effect.orDie(erase(place)) : Effect.void)).pipe(
    Effect.provideContext(services)
  )
  const before =
    <A extends ReadonlyArray<never>, B, E, R>(step: (...args: A) => Effect.Effect<B, E, R>) =>
    (...args: A) =>
      Effect.andThen(erasing, step(...args))
  yield* runImport(place.organizationId, id).pipe(
    Effect.provideService(ImportRepo, {
      ...repo,
      staged: before(repo.staged as never),
      deduplicate: before(repo.deduplicate as never),
      merge: before(repo.merge as never),
      complete: before(repo.complete as never)
    } as typeof repo),
    Effect.provide(Layer.fresh(FileStaging.layer)),
    Effect.provideService(ImportRowRepo, { stage: before(files.stage as never) } as typeof files),
    Effect.provideService(ImportReportRepo, { ...reports, close: before(reports.close as never) } as typeof reports),
    Effect.provideService(ImportLimits, { maxBytes: 1_000_000, maxRows: 1000, chunkRows: 2 })
  )
  return steps
})

/** The live people of an organization by their emails, and in which tables something of the person is left. */
const left = Effect.fnUntraced(function* ({ organizationId }: Place) {
  const sql = yield* SqlClient.SqlClient
  const live = yield* sql<{ email: string | null }>`
    SELECT email FROM consumers WHERE organization_id = ${organizationId}::uuid AND NOT archived ORDER BY email`
  const traces = []
  for (const table of [
    "consumers",
    "import_rows",
    "import_rejected_rows",
    "import_errors",
    "import_changes",
    "import_erasures"
  ]) {
    const [{ n }] = (yield* sql`
      SELECT count(*)::int AS n FROM ${sql(table)} t WHERE organization_id = ${organizationId}::uuid
        AND (${table}::text = 'import_erasures' OR t::text ~* 'zoe[@-]|\\+4915550001')`) as [{ n: number }]
    if (n > 0) traces.push(table)
  }
  return { live: live.map(({ email }) => email), traces }
})

layer(ErasingTest, { excludeTestServices: true })("A person erased while an import is open", (it) => {
  it.effect(
    "stays erased, whenever it is, and every row is counted",
    () =>
      Effect.gen(function* () {
        let steps = 100
        for (let moment = 0; moment <= steps; moment++) {
          const place = yield* fresh
          yield* bringIn(place, firstly)
          const { id } = yield* upload(place, file)
          steps = yield* runErasing(place, id, moment)
          if (moment === steps) break
          const { status } = yield* latest(place)
          assert.strictEqual(status, "COMPLETED", `at step ${moment}`)
          const { created, duplicate, rejected, unchanged, updated } = yield* partition(id)
          assert.strictEqual(created + updated + unchanged + duplicate + rejected, rows)
          assert.deepStrictEqual(
            yield* left(place),
            { live: ["other1@x.co", "other2@x.co"], traces: [] },
            `at step ${moment}`
          )
        }
        assert.isAbove(steps, 8)
      }),
    60_000
  )

  it.effect("is told of as the reason of the rows, and may be brought in by the next import", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      yield* bringIn(place, firstly)
      const { id } = yield* upload(place, file)
      yield* runErasing(place, id, 0)
      const errors = ((yield* latest(place)).errors ?? []) as ReadonlyArray<{
        readonly row: number
        readonly issues: ReadonlyArray<{ readonly type: string }>
      }>
      assert.deepStrictEqual(
        errors.map(({ issues, row }) => [row, issues[0]!.type]),
        [3, 4, 5, 6, 7, 8].map((row) => [row, "erased"])
      )
      yield* bringIn(place, firstly)
      assert.deepStrictEqual((yield* left(place)).live, ["other1@x.co", "other2@x.co", "zoe@x.co"])
    })
  )

  it.effect("leaves alone whoever has an identifier of theirs by now", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      yield* bringIn(place, firstly)
      const sql = yield* SqlClient.SqlClient
      const people = sql<{ id: string }>`
        SELECT id FROM consumers WHERE organization_id = ${place.organizationId}::uuid ORDER BY ordinal`
      const [first] = yield* people
      const actor = { organizationId: place.organizationId, name: "key:test" } as Actor
      const now = yield* (yield* DatabaseClock).now
      const consumers = yield* ConsumerRepo
      yield* consumers.archive(actor, now, ConsumerId.make(first!.id), false)
      yield* bringIn(place, "email,fullName\nzoe@x.co,Another Zoe\n")
      const { id } = yield* upload(place, "email,fullName\nzoe@x.co,Still another\n")
      yield* consumers.archive(actor, now, ConsumerId.make(first!.id), true)
      yield* runImport(place.organizationId, id)
      assert.deepInclude(yield* partition(id), { updated: 1, rejected: 0 })
    })
  )
})
