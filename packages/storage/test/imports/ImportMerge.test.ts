import type { Import } from "@audiences/domain/Import"
import { fold } from "@audiences/domain/Fold"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { Imports } from "@audiences/engine/imports/Imports"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
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

/** The contract's identity, row by row: what a list of people becomes, and how many rows are refused. */
const model = (
  people: Array<Person>,
  rows: ReadonlyArray<Row>
): { readonly refused: number; readonly touched: Set<Person> } => {
  const touched = new Set<Person>()
  let refused = 0
  for (const row of rows) {
    const owner = (name: (typeof keys)[number]) =>
      people.find((each) => row[name] !== "" && fold(each[name]) === fold(row[name]))
    const given = keys.filter((name) => row[name] !== "")
    const self = given[0] && owner(given[0])
    if (given.length === 0 || given.slice(1).some((name) => ![undefined, self].includes(owner(name)))) {
      refused++
      continue
    }
    const person = self ?? { email: "", phone: "", externalId: "", fullName: "", size: "" }
    if (self === undefined) people.push(person)
    for (const name of columns) if (row[name] !== "") person[name] = row[name]
    touched.add(person)
  }
  return { refused, touched }
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
    "writes what the rows say one after the other, in chunks of any size, and accounts for each",
    [Schema.Array(Row), Schema.Array(Row), Schema.Literals([1, 2, 3, 1000])],
    ([first, second, chunkRows]) =>
      Effect.gen(function* () {
        const place = yield* fresh
        const people: Array<Person> = []
        const members = new Set<Person>()
        for (const rows of [first, second]) {
          const expected = model(people, rows)
          for (const each of expected.touched) members.add(each)
          const { id, errorCount, status, processedConsumers } = yield* bringIn(place, csv(rows), chunkRows)
          const counts = yield* partition(id)
          assert.deepStrictEqual(
            [status, processedConsumers, errorCount, sum(counts)],
            ["COMPLETED", rows.length, expected.refused, rows.length]
          )
        }
        const { consumers, members: ordinals } = yield* traces(place)
        assert.deepStrictEqual(peopleOf(consumers), people)
        assert.deepStrictEqual(
          ordinals,
          people.flatMap((each, i) => (members.has(each) ? [i] : []))
        )
      }),
    { arbitrary: { runs: 40 } }
  )

  it.effect("goes on from any chunk to the same end", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const imports = yield* Imports
      const undisturbed = yield* fresh
      const whole = yield* bringIn(undisturbed, manyRows, 250)
      const place = yield* fresh
      const { id } = yield* upload(place, manyRows)
      const limits = { maxBytes: 1_000_000_000, maxRows: 1_000_000, chunkRows: 250 }
      const seen: Array<number> = []
      for (let chunk = 1; chunk <= 6; chunk++) {
        // The database refuses the chunk after the next: as a crash there, for what is written.
        yield* sql`ALTER TABLE imports DROP CONSTRAINT IF EXISTS imports_stop`
        if (chunk < 6)
          yield* sql.unsafe(
            `ALTER TABLE imports ADD CONSTRAINT imports_stop CHECK (id <> '${id}' OR processed_rows <= ${chunk * 250}) NOT VALID`
          )
        yield* sql`UPDATE imports SET status = 'PROCESSING', failure_reason = NULL WHERE id = ${id} AND status = 'FAILED'`
        yield* sql`DELETE FROM import_errors WHERE import_id = ${id} AND row = 1`
        yield* keepingFile(
          place,
          imports.run(place.organizationId, id).pipe(Effect.provideService(ImportLimits, limits))
        )
        const now = yield* latest(place)
        seen.push(now.processedConsumers)
        assert.strictEqual(sum(yield* partition(id)), now.processedConsumers)
        assert.isTrue(chunk === 6 ? now.progress === 100 : now.progress < 100)
      }
      assert.deepStrictEqual(seen, [250, 500, 750, 1000, 1250, 1500])
      assert.deepStrictEqual(yield* traces(place), yield* traces(undisturbed))
      assert.deepStrictEqual(yield* partition(id), yield* partition(whole.id))
      assert.deepStrictEqual(done(yield* latest(place)), done(whole))
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

/** Runs an import without letting go of its file: a failed one would. */
const keepingFile = <A, E, R>(place: Place, run: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { path } = yield* UploadFolder
    const { s3Key } = yield* latest(place)
    const { copyFile, mkdir } = yield* Effect.promise(() => import("node:fs/promises"))
    yield* Effect.promise(() => copyFile(`${path}/${s3Key}`, `${path}/kept.csv`))
    yield* run
    yield* Effect.promise(() => mkdir(`${path}/${s3Key}`.replace(/\/[^/]*$/, ""), { recursive: true }))
    yield* Effect.promise(() => copyFile(`${path}/kept.csv`, `${path}/${s3Key}`))
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

  it.effect("ends the same however often the process is killed on the way", () =>
    Effect.gen(function* () {
      const { path } = yield* UploadFolder
      const undisturbed = yield* fresh
      const whole = yield* bringIn(undisturbed, manyRows, 100)
      const place = yield* fresh
      const { id } = yield* upload(place, manyRows)
      const run = childProgram(importProgram, [inject("postgresUrl"), path, place.organizationId, id, "100"])
      // Killed after some chunk, a random while into the next ones.
      for (const chunk of [0, 200, 500, 900, 1200]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const child = yield* run
            yield* child.said(`merged from ${Math.max(chunk, (yield* latest(place)).processedConsumers)}`)
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
    })
  )
})
