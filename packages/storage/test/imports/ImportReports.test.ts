import { ImportId } from "@audiences/domain/Import"
import { isBlank } from "@audiences/engine/imports/rows/ConsumerCsv"
import { csvRecords } from "@audiences/engine/imports/csv/CsvRecords"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportRepo } from "@audiences/engine/imports/ImportRepo"
import { ImportReportRepo } from "@audiences/engine/imports/reports/ImportReportRepo"
import { ImportReports } from "@audiences/engine/imports/reports/ImportReports"
import { runImport } from "@audiences/engine/imports/ImportRun"
import { Imports } from "@audiences/engine/imports/Imports"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import {
  bodyOf,
  bringIn,
  fresh,
  ImportsTest,
  into,
  latest,
  open,
  type Place,
  traces,
  upload,
  uuid
} from "./Importing.ts"

const reportOf = Effect.fnUntraced(function* ({ audienceId, organizationId }: Place, id: ImportId) {
  const reports = yield* ImportReports
  return yield* Stream.mkString(Stream.decodeText(yield* reports.errors(organizationId, into(audienceId), id)))
})

/** A file in which everything stands in quotes. */
const csv = (rows: ReadonlyArray<ReadonlyArray<string>>, delimiter: string, end: string) =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + end).join("")

const read = (file: string) =>
  Effect.map(Stream.runCollect(csvRecords(bodyOf(file))), (records) =>
    records.filter((record) => !isBlank(record)).map(({ cells }) => cells)
  )

const cell = Schema.Union([
  Schema.String.check(Schema.isPattern(/^[^\0\ud800-\udfff]{0,8}$/)),
  Schema.Literals(["", "=1+1", "'=x", '"', ";", "a,b", "\t", "two\r\nlines", "import_error", "🙂 İß", " outer "])
])

const Row = Schema.Struct({ note: cell, other: cell, bad: Schema.Boolean, ragged: Schema.Boolean })

layer(ImportsTest)("ImportReports", (it) => {
  it.effect.prop(
    "gives back the rejected rows as they stood in the file, so that mended they are taken",
    [
      Schema.Array(Row).check(Schema.isMaxLength(8)),
      Schema.Literals([",", ";", "\t"]),
      Schema.Literals(["\n", "\r\n", "\r"]),
      Schema.Literals([1, 3, 1000])
    ],
    ([rows, delimiter, end, chunkRows]) =>
      Effect.gen(function* () {
        const header = ["email", "ltv", "note", "other; thing"]
        const good = rows.map(({ note, other }, i) => [`p${i}@example.com`, `${i}.5`, note, other])
        const sent = rows.map(({ bad, ragged }, i) => {
          const row = good[i]!.with(1, bad ? "a lot" : good[i]![1]!)
          return ragged ? row.slice(0, 3) : row
        })
        const isRefused = ({ bad, ragged }: (typeof rows)[number]) => bad || ragged
        const place = yield* fresh
        const done = yield* bringIn(place, csv([header, ...sent], delimiter, end), chunkRows)
        assert.deepStrictEqual([done.status, done.errorCount], ["COMPLETED", rows.filter(isRefused).length])
        const report = yield* reportOf(place, done.id)
        const [titles, ...refused] = yield* read(report)
        if (rows.some(isRefused)) assert.deepStrictEqual(titles, ["import_error", ...header])
        assert.deepStrictEqual(
          refused.map(([, ...cells]) => cells),
          sent.filter((_, i) => isRefused(rows[i]!))
        )
        for (const [reason] of refused) assert.match(reason!, /^Line \d+: (ltv: |The row has 3 cells)/)
        const mended = good.filter((_, i) => isRefused(rows[i]!)).map((row, i) => [refused[i]![0]!, ...row])
        if (mended.length > 0) {
          const again = yield* bringIn(place, csv([titles!, ...mended], delimiter, end))
          assert.deepStrictEqual([again.status, again.errors], ["COMPLETED", []])
        }
        const whole = yield* fresh
        yield* bringIn(whole, csv([header, ...good], delimiter, end))
        const people = (traced: Effect.Success<ReturnType<typeof traces>>) =>
          traced.consumers
            .map(({ email, ltv, metadata }) => ({ email: String(email), ltv, metadata }))
            .sort((a, b) => (a.email < b.email ? -1 : 1))
        assert.deepStrictEqual(people(yield* traces(place)), people(yield* traces(whole)))
      }),
    { arbitrary: { runs: 15 } }
  )

  it.effect(
    "reports a report without the reasons of the time before, and rows that only others are in the way of",
    () =>
      Effect.gen(function* () {
        const place = yield* fresh
        const first = yield* bringIn(place, "email;phone;ltv\na@b.co;+491;x\nc@b.co;+492;1\nd@b.co;+492;2\n")
        const report = yield* reportOf(place, first.id)
        const lines = report.split("\r\n")
        assert.strictEqual(lines[0], "import_error;email;phone;ltv")
        assert.match(lines[1]!, /^"Line 2: ltv: .*";a@b\.co;\+491;x$/)
        assert.match(lines[2]!, /^"?Line 4: phone: Phone already exists.*"?;d@b\.co;\+492;2$/)
        const second = yield* bringIn(place, report)
        assert.strictEqual(second.errorCount, 2)
        const again = yield* reportOf(place, second.id)
        const cells = (file: string) => file.replaceAll(/^"?Line [^\n]*?"?;(?=.@)/gm, "")
        assert.strictEqual(cells(again), cells(report))
      })
  )

  it.effect("is the same however often it is written, page after page, and of no row but its header", () =>
    Effect.gen(function* () {
      const repo = yield* ImportReportRepo
      const place = yield* fresh
      const count = 1100
      const file = "email,ltv\n" + Array.from({ length: count }, (_, i) => `p${i}@b.co,x${i}\n`).join("")
      const { id } = yield* bringIn(place, file)
      const report = yield* reportOf(place, id)
      assert.deepStrictEqual(
        (yield* read(report)).slice(1).map(([, , ltv]) => ltv),
        Array.from({ length: count }, (_, i) => `x${i}`)
      )
      yield* repo.keepRows(place.organizationId, id, [{ line: 2, cells: ["other", "cells"] }])
      assert.strictEqual(yield* reportOf(place, id), report)
      const none = yield* bringIn(place, "email\na@b.co\n")
      assert.strictEqual(yield* reportOf(place, none.id), "import_error\r\n")
      const refused = yield* bringIn(place, "name\nAda\n")
      assert.strictEqual(yield* reportOf(place, refused.id), "import_error\r\n")
    })
  )

  it.effect("lists the imports of an audience, newest first, by status, and no other's", () =>
    Effect.gen(function* () {
      const reports = yield* ImportReports
      const place = yield* fresh
      const other = yield* fresh
      const ids: Array<string> = []
      for (const file of ["email\na@b.co\n", "", "email\nc@b.co\n"]) ids.unshift((yield* bringIn(place, file)).id)
      ids.unshift((yield* open(place)).id)
      yield* bringIn(other, "email\na@b.co\n")
      const list = (query: object) => reports.list(place.organizationId, into(place.audienceId), query)
      const idsOf = (page: Effect.Success<ReturnType<typeof list>>) => page.data.map(({ id }) => id as string)
      assert.deepStrictEqual(idsOf(yield* list({})), ids)
      const first = yield* list({ first: 3 })
      assert.deepStrictEqual(idsOf(first), ids.slice(0, 3))
      assert.deepStrictEqual(idsOf(yield* list({ first: 3, after: first.pageInfo.endCursor })), ids.slice(3))
      assert.deepStrictEqual(idsOf(yield* list({ status: "FAILED" })), [ids[2]])
      assert.deepStrictEqual(idsOf(yield* list({ status: "PENDING" })), [ids[0]])
      const foreign = yield* Effect.flip(
        reports.list(other.organizationId, into(other.audienceId), { after: first.pageInfo.endCursor! })
      )
      assert.strictEqual(foreign._tag, "ValidationError")
      assert.strictEqual(
        (yield* Effect.flip(reports.list(other.organizationId, into(place.audienceId), {})))._tag,
        "AudienceNotFound"
      )
    })
  )

  it.effect("reads any import of the audience, and none by a path that does not lead to it", () =>
    Effect.gen(function* () {
      const reports = yield* ImportReports
      const place = yield* fresh
      const other = yield* fresh
      const { id } = yield* bringIn(place, "email,ltv\na@b.co,x\n")
      yield* open(place)
      const found = yield* reports.get(place.organizationId, into(place.audienceId), id)
      assert.deepStrictEqual([found.id, found.errors?.length], [id, 1])
      for (const read of [reports.get, reports.errors]) {
        const tagged = (organizationId: Place["organizationId"], audienceId: Place["audienceId"], importId: ImportId) =>
          Effect.map(
            Effect.flip(read(organizationId, into(audienceId), importId) as Effect.Effect<unknown, { _tag: string }>),
            ({ _tag }) => _tag
          )
        assert.strictEqual(yield* tagged(other.organizationId, other.audienceId, id), "ImportNotFound")
        assert.strictEqual(yield* tagged(other.organizationId, place.audienceId, id), "AudienceNotFound")
        assert.strictEqual(
          yield* tagged(place.organizationId, place.audienceId, ImportId.make(yield* uuid)),
          "ImportNotFound"
        )
      }
    })
  )

  it.effect("is there when the import has ended, and refused until then", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const place = yield* fresh
      const { id } = yield* upload(place, "email,ltv\na@b.co,x\n")
      assert.strictEqual((yield* Effect.flip(reportOf(place, id)))._tag, "ImportUnfinished")
      yield* imports.run(place.organizationId, id)
      assert.include(yield* reportOf(place, id), "a@b.co,x")
    })
  )
})

layer(ImportsTest)("a cancelled import", (it) => {
  const cancel = ({ audienceId, organizationId }: Place, id: ImportId) =>
    Effect.flatMap(ImportReports, (reports) =>
      reports.cancel({ organizationId, name: "key:other" }, into(audienceId), id)
    )

  it.effect("takes no file any more, and cancelling it again changes nothing", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const place = yield* fresh
      const { id } = yield* open(place)
      const cancelled = yield* cancel(place, id)
      assert.deepStrictEqual(
        [cancelled.status, cancelled.failureReason, cancelled.updatedBy],
        ["FAILED", "Cancelled before its file had arrived. Nothing was written.", "key:other"]
      )
      assert.isNotNull(cancelled.cancelledAt)
      assert.deepStrictEqual(yield* cancel(place, id), cancelled)
      const entries =
        yield* sql`SELECT 1 FROM audit_log WHERE organization_id = ${place.organizationId} AND action = 'imports.cancel'`
      assert.strictEqual(entries.length, 1)
    })
  )

  it.effect("keeps what was done, stops at the next chunk, and reports what was refused until then", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const repo = yield* ImportReportRepo
      const place = yield* fresh
      const file = "email,ltv\na@b.co,1\nb@b.co,x\nc@b.co,3\nd@b.co,x\n"
      const { id } = yield* upload(place, file)
      const chunks = yield* ImportRepo
      const stop = Effect.provideService(Effect.orDie(cancel(place, id)), ImportReports, yield* ImportReports)
      const stopping = ImportRepo.of({
        ...chunks,
        merge: (...chunk) => Effect.tap(chunks.merge(...chunk), stop)
      })
      yield* runImport(place.organizationId, id).pipe(
        Effect.provideService(ImportRepo, stopping),
        Effect.provideService(ImportLimits, { maxBytes: 1000, maxRows: 1000, chunkRows: 2 })
      )
      const cancelled = yield* latest(place)
      assert.deepStrictEqual(
        [cancelled.status, cancelled.processedConsumers, cancelled.errorCount, cancelled.failureReason],
        ["FAILED", 2, 1, "Cancelled after 2 of 4 rows. What these have brought in stays."]
      )
      yield* imports.run(place.organizationId, id)
      // Until when it can be undone is known once it is closed.
      const { undoableUntil, ...closed } = yield* latest(place)
      assert.deepStrictEqual({ ...closed, undoableUntil: cancelled.undoableUntil ?? null }, cancelled)
      assert.isNotNull(undoableUntil)
      const { consumers, members } = yield* traces(place)
      assert.deepStrictEqual([consumers.map(({ email }) => email), members], [["a@b.co"], [0]])
      assert.deepStrictEqual(
        (yield* read(yield* reportOf(place, id))).map((row) => row.slice(1)),
        [
          ["email", "ltv"],
          ["b@b.co", "x"]
        ]
      )
      assert.isTrue((yield* repo.state(place.organizationId, into(place.audienceId), id)).complete)
    })
  )

  it.effect("was one that went on: what has ended stays as it ended", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const completed = yield* bringIn(place, "email\na@b.co\n")
      assert.strictEqual((yield* Effect.flip(cancel(place, completed.id)))._tag, "ImportEnded")
      assert.deepStrictEqual(yield* latest(place), completed)
      const failed = yield* bringIn(place, "")
      assert.strictEqual((yield* Effect.flip(cancel(place, failed.id)))._tag, "ImportEnded")
      const stranger = yield* fresh
      assert.strictEqual((yield* Effect.flip(cancel(stranger, failed.id)))._tag, "ImportNotFound")
    })
  )
})
