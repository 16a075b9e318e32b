import { type Import, type ImportId, ImportMode } from "@audiences/domain/Import"
import { fold } from "@audiences/domain/Fold"
import { FileStaging } from "@audiences/engine/imports/staging/FileStaging"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportRepo } from "@audiences/engine/imports/ImportRepo"
import { ImportRowRepo } from "@audiences/engine/imports/staging/ImportRowRepo"
import { runImport } from "@audiences/engine/imports/ImportRun"
import { Imports } from "@audiences/engine/imports/Imports"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual } from "node:util"
import { inject } from "vitest"
import { childProgram } from "../ChildProgram.ts"
import {
  bringIn,
  fresh,
  freshAudience,
  ImportsTest,
  latest,
  partition,
  type Place,
  traces,
  upload,
  UploadFolder
} from "./Importing.ts"

const importProgram = fileURLToPath(new URL("importProgram.ts", import.meta.url))

/** Few enough values that rows mean the same people all the time; some spell one value in two ways. */
const Row = Schema.Struct({
  email: Schema.Literals(["", "", "ann@x.co", "ANN@x.co", "bob@x.co", "cy@x.co"]),
  phone: Schema.Literals(["", "", "+49001", "+49002", "+49003"]),
  externalId: Schema.Literals(["", "", "e1", "E1", "e2", "e3"]),
  fullName: Schema.Literals(["", "One", "Two"]),
  size: Schema.Literals(["", "40", "41"])
})
type Row = typeof Row.Type

const columns = ["email", "phone", "externalId", "fullName", "size"] as const
const keys = ["email", "phone", "externalId"] as const

const csv = (rows: ReadonlyArray<Row>) =>
  [columns.join(","), ...rows.map((row) => columns.map((name) => row[name]).join(","))].join("\n")

type Person = { [Name in (typeof columns)[number]]: string }

/** The contract's identity, row by row: what a list of people becomes, and what becomes of the rows. */
const model = (people: Array<Person>, rows: ReadonlyArray<Row>, mode: ImportMode) => {
  const before = new Map(people.map((each) => [each, { ...each }]))
  const touched = new Set<Person>()
  let rejected = 0
  for (const row of rows) {
    const owner = (name: (typeof keys)[number]) =>
      people.find((each) => row[name] !== "" && fold(each[name]) === fold(row[name]))
    const given = keys.filter((name) => row[name] !== "")
    const self = given[0] && owner(given[0])
    if (
      given.length === 0 ||
      given.slice(1).some((name) => ![undefined, self].includes(owner(name))) ||
      (mode === "update" && self === undefined) ||
      (mode === "create" && self !== undefined && before.has(self))
    ) {
      rejected++
      continue
    }
    const person = self ?? { email: "", phone: "", externalId: "", fullName: "", size: "" }
    if (self === undefined) people.push(person)
    for (const name of columns) if (row[name] !== "") person[name] = row[name]
    touched.add(person)
  }
  const created = [...touched].filter((each) => !before.has(each)).length
  const unchanged = [...touched].filter((each) => isDeepStrictEqual(before.get(each), each)).length
  const duplicate = rows.length - rejected - touched.size
  return { touched, counts: { created, updated: touched.size - created - unchanged, unchanged, duplicate, rejected } }
}

const peopleOf = (consumers: ReadonlyArray<Record<string, unknown>>): Array<Person> =>
  consumers.map(({ email, phone, primary_external_id: externalId, full_name: fullName, metadata }) => ({
    email: String(email ?? ""),
    phone: String(phone ?? ""),
    externalId: String(externalId ?? ""),
    fullName: String(fullName ?? ""),
    size: (metadata as { size?: string } | null)?.size ?? ""
  }))

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)

const done = ({ status, processedConsumers, totalConsumers, progress }: Import) => ({
  status,
  processedConsumers,
  totalConsumers,
  progress
})

/** 1,500 rows: new people, known ones again with other values, and one in ten that is refused. */
const manyRows =
  [
    "email,externalId,totalOrders,ltv,metadata,tier",
    ...Array.from({ length: 1500 }, (_, i) => {
      const person = i % 7 === 0 ? i % 50 : i
      return `${i % 10 === 3 ? "nobody" : `p${person}@example.com`},ext-${person},${i % 4},${(i / 3).toFixed(2)},"{""seen"":${i}}",${i % 3 === 0 ? "gold" : ""}`
    })
  ].join("\n") + "\n"

layer(ImportsTest)("ImportMerge", (it) => {
  it.effect.prop(
    "writes what the rows say one after the other, in chunks of any size and in every mode, accounts for each, and tells it beforehand",
    [Schema.Array(Row), Schema.Array(Row), Schema.Literals([1, 2, 3, 1000]), ImportMode],
    ([first, second, chunkRows, mode]) =>
      Effect.gen(function* () {
        const place = yield* fresh
        const people: Array<Person> = []
        const members = new Set<Person>()
        for (const [rows, how] of [
          [first, "upsert"],
          [second, mode]
        ] as const) {
          const before = yield* traces(place)
          const dry = yield* bringIn(place, csv(rows), chunkRows, { mode: how, dryRun: true })
          const after = yield* traces(place)
          assert.deepStrictEqual([after.consumers, after.members], [before.consumers, before.members])
          const expected = model(people, rows, how)
          for (const each of expected.touched) members.add(each)
          const done = yield* bringIn(place, csv(rows), chunkRows, { mode: how })
          assert.deepStrictEqual([done.status, done.processedConsumers], ["COMPLETED", rows.length])
          assert.deepStrictEqual(yield* partition(done.id), expected.counts)
          assert.deepStrictEqual(yield* partition(dry.id), expected.counts)
          assert.deepStrictEqual(
            dry.errors?.map(({ row }) => row),
            done.errors?.map(({ row }) => row)
          )
        }
        const { consumers, members: ordinals } = yield* traces(place)
        const inOrder = (all: ReadonlyArray<Person>) => all.map((each) => JSON.stringify(each)).sort()
        assert.deepStrictEqual(inOrder(peopleOf(consumers)), inOrder(people))
        assert.deepStrictEqual(
          inOrder(peopleOf(consumers.filter((_, ordinal) => ordinals.includes(ordinal)))),
          inOrder([...members])
        )
      }),
    { arbitrary: { runs: 15 } }
  )

  it.effect("goes on from every step, done or not, to the same end", () =>
    Effect.gen(function* () {
      const undisturbed = yield* fresh
      const whole = yield* bringIn(undisturbed, manyRows, 250)
      const place = yield* fresh
      const { id } = yield* upload(place, manyRows)
      const seen: Array<number> = []
      // 6 chunks are staged, all is deduplicated, 6 chunks are merged, and it is completed; the step that a run dies in is undone, or done and nobody knows.
      for (let run = 0; (yield* latest(place)).status === "PROCESSING"; run++) {
        yield* dying(place, id, run % 2 === 0 ? "before" : "after")
        const now = yield* latest(place)
        assert.strictEqual(sum(yield* partition(id)), now.processedConsumers)
        assert.strictEqual(now.progress === 100, now.status === "COMPLETED")
        assert.isAtLeast(now.progress, seen.at(-1) ?? 0)
        seen.push(now.progress)
      }
      assert.isAbove(seen.length, 8)
      assert.deepStrictEqual(yield* traces(place), yield* traces(undisturbed))
      assert.deepStrictEqual(yield* partition(id), yield* partition(whole.id))
      assert.deepStrictEqual(done(yield* latest(place)), done(whole))
    })
  )

  it.effect("puts together whom others made one person after the file was deduplicated", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const repo = yield* ImportRepo
      const imports = yield* Imports
      const place = yield* fresh
      yield* bringIn(place, "email,phone\nann@x.co,\n,+49001\n")
      const { id } = yield* upload(place, "email,phone,fullName\nann@x.co,,Ann\n,+49001,Ann Other\n")
      const gone = Effect.die(
        new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error("gone") }) })
      )
      yield* Effect.exit(
        Effect.provideService(runImport(place.organizationId, id), ImportRepo, { ...repo, merge: () => gone })
      )
      yield* sql`UPDATE consumers SET archived = true WHERE organization_id = ${place.organizationId}::uuid AND phone IS NOT NULL`
      yield* sql`UPDATE consumers SET phone = '+49001' WHERE organization_id = ${place.organizationId}::uuid AND NOT archived`
      yield* imports.run(place.organizationId, id)
      assert.strictEqual((yield* latest(place)).status, "COMPLETED")
      assert.deepStrictEqual(yield* partition(id), { created: 0, updated: 1, unchanged: 0, duplicate: 1, rejected: 0 })
      const { consumers } = yield* traces(place)
      assert.deepInclude(consumers[0], { email: "ann@x.co", phone: "+49001", full_name: "Ann Other" })
    })
  )

  for (const [table, what] of [
    ["import_rows", "staged"],
    ["consumers", "merged"]
  ] as const) {
    it.effect(`rejects the one row that the database does not take when it is ${what}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const place = yield* fresh
        const poison = `poison ${place.organizationId}`
        const name = `poison_${what}`
        yield* sql.unsafe(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (full_name <> '${poison}') NOT VALID`)
        const rows = Array.from({ length: 20 }, (_, i) => `p${i}@x.co,${i === 13 ? poison : "Fine"}`)
        const done = yield* bringIn(place, `email,fullName\n${rows.join("\n")}\n`, 7)
        yield* sql.unsafe(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)
        assert.strictEqual(done.status, "COMPLETED")
        assert.deepStrictEqual(yield* partition(done.id), {
          created: 19,
          updated: 0,
          unchanged: 0,
          duplicate: 0,
          rejected: 1
        })
        const [error] = done.errors!
        assert.strictEqual(error!.row, 15)
        assert.include((error!.issues[0] as { readonly message: string }).message, name)
      })
    )
  }

  it.effect("gives up an import that was begun ten times without coming further, and no other", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const imports = yield* Imports
      const place = yield* fresh
      const { id } = yield* upload(place, "email\na@x.co\n")
      const other = yield* fresh
      const next = yield* upload(other, "email\na@x.co\n")
      yield* sql`UPDATE imports SET attempts = 10 WHERE id = ${id}`
      yield* sql`UPDATE imports SET attempts = 9 WHERE id = ${next.id}`
      yield* imports.run(place.organizationId, id)
      yield* imports.run(other.organizationId, next.id)
      const done = yield* latest(place)
      assert.deepStrictEqual([done.status, done.processedConsumers], ["FAILED", 0])
      assert.include(done.failureReason, "10 times")
      assert.strictEqual((yield* latest(other)).status, "COMPLETED")
    })
  )

  it.effect("keeps what it takes to undo an import, and no staged row", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const place = yield* fresh
      yield* bringIn(place, "email,phone,fullName\nann@x.co,+49001,Ann\nbob@x.co,+49002,Bob\ncy@x.co,,Cy\n")
      const { id } = yield* bringIn(
        place,
        "email,phone,fullName\nann@x.co,+49003,\nbob@x.co,+49001,Bobby\ncy@x.co,,Cy\nnew@x.co,,New\n",
        1
      )
      const changes = yield* sql`
        SELECT i.ordinal, i.before, i.written_at = coalesce(c.updated_at, c.created_at) AS untouched
        FROM import_changes i JOIN consumers c USING (organization_id, ordinal) WHERE i.import_id = ${id} ORDER BY 1`
      assert.deepStrictEqual(
        changes.map((each) => {
          const before = each.before as Record<string, unknown> | null
          return [each.ordinal, before?.phone, before?.full_name, each.untouched]
        }),
        [
          [0, "+49001", "Ann", true],
          [1, "+49002", "Bob", true],
          [3, undefined, undefined, true]
        ]
      )
      const staged = yield* sql`SELECT 1 FROM import_rows WHERE organization_id = ${place.organizationId}`
      assert.strictEqual(staged.length, 0)
    })
  )

  it.effect("runs once what two run at once", () =>
    Effect.gen(function* () {
      const imports = yield* Imports
      const undisturbed = yield* fresh
      const whole = yield* bringIn(undisturbed, manyRows, 100)
      const place = yield* fresh
      const { id } = yield* upload(place, manyRows)
      const run = imports
        .run(place.organizationId, id)
        .pipe(Effect.provideService(ImportLimits, { maxBytes: 1_000_000_000, maxRows: 1_000_000, chunkRows: 100 }))
      yield* Effect.all([run, run, run], { concurrency: 3 })
      assert.deepStrictEqual(done(yield* latest(place)), done(whole))
      assert.deepStrictEqual(yield* partition(id), yield* partition(whole.id))
      assert.deepStrictEqual(yield* traces(place), yield* traces(undisturbed))
    })
  )
})

/** Runs an import until its second step, which the process dies in: before or after it is committed. */
const dying = (place: Place, id: ImportId, when: "before" | "after") =>
  Effect.gen(function* () {
    const repo = yield* ImportRepo
    const rows = yield* ImportRowRepo
    let steps = 0
    const gone = Effect.die(
      new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error("gone") }) })
    )
    const step = <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      ++steps < 2 ? run : when === "before" ? gone : Effect.andThen(run, gone)
    yield* Effect.exit(
      runImport(place.organizationId, id).pipe(
        Effect.provideService(ImportRepo, {
          ...repo,
          deduplicate: (...args) => step(repo.deduplicate(...args)),
          merge: (...args) => step(repo.merge(...args)),
          complete: (...args) => step(repo.complete(...args))
        }),
        Effect.provide(Layer.fresh(FileStaging.layer)),
        Effect.provideService(ImportRowRepo, { stage: (...args) => step(rows.stage(...args)) }),
        Effect.provideService(ImportLimits, { maxBytes: 1e9, maxRows: 1e6, chunkRows: 250 })
      )
    )
  })

layer(ImportsTest, { excludeTestServices: true })("ImportMerge, in real time", (it) => {
  it.effect("brings two files of the same people into one audience at once", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const other = { organizationId: place.organizationId, audienceId: yield* freshAudience(place.organizationId) }
      const file = (from: number, name: string) =>
        `email,fullName\n${Array.from({ length: 300 }, (_, i) => `p${(from + i * 7) % 400}@example.com,${name}`).join("\n")}\n`
      const imports = yield* Imports
      const started = yield* Effect.all([
        upload(place, file(0, "A")),
        upload(place, file(100, "B")),
        upload(other, file(50, "C"))
      ])
      yield* Effect.forEach(
        started,
        ({ id }) =>
          imports
            .run(place.organizationId, id)
            .pipe(Effect.provideService(ImportLimits, { maxBytes: 1e9, maxRows: 1e6, chunkRows: 50 })),
        { concurrency: 3 }
      )
      for (const { id } of started) assert.strictEqual(sum(yield* partition(id)), 300)
      const { consumers, members } = yield* traces(place)
      const emails = consumers.map(({ email }) => email)
      assert.strictEqual(new Set(emails).size, emails.length)
      assert.deepStrictEqual(
        consumers.map(({ ordinal }) => ordinal),
        consumers.map((_, i) => i)
      )
      const expected = new Set(
        [0, 100].flatMap((from) => Array.from({ length: 300 }, (_, i) => `p${(from + i * 7) % 400}@example.com`))
      )
      assert.deepStrictEqual(new Set(members.map((ordinal) => emails[ordinal as number])), expected as Set<unknown>)
      const sql = yield* SqlClient.SqlClient
      const [audience] = yield* sql`SELECT member_count::int FROM audiences WHERE id = ${place.audienceId}`
      assert.strictEqual(audience!.memberCount, expected.size)
    })
  )

  it.effect(
    "ends the same however often the process is killed on the way",
    () =>
      Effect.gen(function* () {
        const { path } = yield* UploadFolder
        const undisturbed = yield* fresh
        const whole = yield* bringIn(undisturbed, manyRows, 100)
        const place = yield* fresh
        const { id } = yield* upload(place, manyRows)
        const run = childProgram(importProgram, [inject("postgresUrl"), path, place.organizationId, id, "100"])
        // Killed after some step, a random while into the next ones.
        for (const step of ["staged from 300", "deduplicated", "merged from 500"]) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const child = yield* run
              yield* Effect.raceFirst(child.said(step), child.exited)
              yield* Effect.sleep(Math.random() * 25)
              yield* child.kill
            })
          )
          const { id: _, ...now } = yield* latest(place)
          assert.strictEqual(sum(yield* partition(id)), now.processedConsumers)
          if (now.status !== "PROCESSING") break
        }
        yield* Effect.scoped(
          Effect.gen(function* () {
            const child = yield* run
            assert.strictEqual(yield* child.exited, 0)
          })
        )
        assert.deepStrictEqual(done(yield* latest(place)), done(whole))
        assert.deepStrictEqual(yield* partition(id), yield* partition(whole.id))
        assert.deepStrictEqual(yield* traces(place), yield* traces(undisturbed))
      }),
    // Four processes that start from sources.
    120_000
  )
})
