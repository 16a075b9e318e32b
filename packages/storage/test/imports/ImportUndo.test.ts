import type { Import, ImportId } from "@audiences/domain/Import"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { ImportUndoRepo } from "@audiences/engine/imports/undo/ImportUndoRepo"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Exit, Schema } from "effect"
import { SqlClient } from "effect/sql"
import {
  bringIn,
  fresh,
  freshAudience,
  ImportsTest,
  into,
  latest,
  open,
  type Place,
  traces,
  upload
} from "./Importing.ts"

/** Few enough values that rows mean the same people all the time, and take identifiers from one another. */
const Row = Schema.Struct({
  email: Schema.Literals(["", "", "ann@x.co", "ANN@x.co", "bob@x.co", "cy@x.co"]),
  phone: Schema.Literals(["", "", "+49001", "+49002", "+49003"]),
  externalId: Schema.Literals(["", "", "e1", "E1", "e2", "e3"]),
  fullName: Schema.Literals(["", "One", "Two"]),
  ltv: Schema.Literals(["", "0.1", "12345.67890123"]),
  size: Schema.Literals(["", "40", "41"])
})
const few = Schema.Array(Row).check(Schema.isMaxLength(8))
const columns = ["email", "phone", "externalId", "fullName", "ltv", "size"] as const

const csv = (rows: ReadonlyArray<typeof Row.Type>) =>
  [columns.join(","), ...rows.map((row) => columns.map((name) => row[name]).join(","))].join("\n")

const actor = ({ organizationId }: Place) => ({ organizationId, name: "key:undoer" })

const undo = (place: Place, id: ImportId, chunkRows = 10_000) =>
  Effect.flatMap(ImportUndo, (undos) => undos.undo(actor(place), into(place.audienceId), id)).pipe(
    Effect.provideService(ImportLimits, { maxBytes: 1_000_000, maxRows: 1_000_000, chunkRows })
  )

/** As the API writes it. */
const write = ({ organizationId }: Place, email: string, fullName: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE consumers SET full_name = ${fullName}, full_name_folded = ${fullName.toLowerCase()}, updated_at = clock_timestamp(), updated_by = 'key:other'
      WHERE organization_id = ${organizationId} AND email = ${email} RETURNING id`
  )

const namesOf = (place: Place) =>
  Effect.map(traces(place), ({ consumers }) =>
    Object.fromEntries(
      consumers.flatMap(({ archived, email, full_name: name }) => (archived === true ? [] : [[String(email), name]]))
    )
  )

layer(ImportsTest)("an import that is undone", (it) => {
  const refusalOf = (place: Place, { id }: Import) =>
    Effect.gen(function* () {
      const before = yield* traces(place)
      const refused = yield* Effect.flip(undo(place, id))
      if (refused._tag !== "ImportUndoRefused") return assert.fail(refused._tag)
      assert.deepStrictEqual(yield* traces(place), before)
      const started = yield* Effect.flatMap(
        SqlClient.SqlClient,
        (sql) => sql`SELECT 1 FROM imports WHERE id = ${id} AND undo_started_at IS NOT NULL`
      )
      assert.isEmpty(started)
      return refused
    })

  it.effect.prop(
    "leaves consumers and members as they were before, and whom it created archived",
    [few, few, Schema.Literals([1, 2, 3, 1000])],
    ([first, second, chunkRows]) =>
      Effect.gen(function* () {
        const place = yield* fresh
        yield* bringIn(place, csv(first))
        const before = yield* traces(place)
        const { id } = yield* bringIn(place, csv(second), chunkRows)
        const undone = yield* undo(place, id, chunkRows)
        assert.isNotNull(undone.undoneAt)
        assert.strictEqual(undone.undoSkipped, 0)
        const after = yield* traces(place)
        assert.deepStrictEqual(after.consumers.slice(0, before.consumers.length), before.consumers)
        for (const created of after.consumers.slice(before.consumers.length)) assert.isTrue(created.archived)
        assert.deepStrictEqual([after.members, after.blocks], [before.members, before.blocks])
      }),
    { arbitrary: { runs: 12 } }
  )

  it.effect.prop(
    "is undone after those that came after it, and all is as before each of them",
    [few, few, few, few, Schema.Literals([1, 2, 1000])],
    ([first, second, third, fourth, chunkRows]) =>
      Effect.gen(function* () {
        const place = yield* fresh
        const bring = (rows: ReadonlyArray<typeof Row.Type>) =>
          Effect.gen(function* () {
            const before = yield* traces(place)
            const { id } = yield* bringIn(place, csv(rows), chunkRows)
            return { id, before }
          })
        const takeBack = ({ before, id }: Effect.Success<ReturnType<typeof bring>>) =>
          Effect.gen(function* () {
            assert.strictEqual((yield* undo(place, id, chunkRows)).undoSkipped, 0)
            const after = yield* traces(place)
            assert.deepStrictEqual(after.consumers.slice(0, before.consumers.length), before.consumers)
            assert.deepStrictEqual([after.members, after.blocks], [before.members, before.blocks])
          })
        const [one, two] = [yield* bring(first), yield* bring(second)]
        yield* takeBack(yield* bring(third))
        // One that found what an undo had left.
        yield* takeBack(yield* bring(fourth))
        yield* takeBack(two)
        yield* takeBack(one)
      }),
    { arbitrary: { runs: 12 } }
  )

  it.effect("is refused where somebody wrote between it and one that was undone since", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const first = yield* bringIn(place, "email,fullName\na@b.co,Ann\nb@b.co,Bob\n")
      const [{ id: bob }] = (yield* write(place, "b@b.co", "Robert")) as [{ id: string }]
      const { id } = yield* bringIn(place, "email,fullName\na@b.co,Anna\nb@b.co,Bobby\n")
      yield* undo(place, id)
      const refused = yield* refusalOf(place, first)
      assert.deepStrictEqual(
        refused.conflicts.map(({ consumerId }) => consumerId as string),
        [bob]
      )
    })
  )

  it.effect("is undone once, by one of two at once, when it has ended, and by nobody else", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const stranger = yield* fresh
      const { id: going } = yield* upload(place, "email\na@b.co\n")
      assert.strictEqual((yield* Effect.flip(undo(place, going)))._tag, "ImportUnfinished")
      const { id: waiting } = yield* open(place)
      assert.strictEqual((yield* Effect.flip(undo(place, waiting)))._tag, "ImportUnfinished")
      const { id } = yield* bringIn(place, "email\na@b.co\n")
      assert.strictEqual((yield* Effect.flip(undo(stranger, id)))._tag, "ImportNotFound")
      assert.strictEqual(
        (yield* Effect.flip(undo({ ...place, organizationId: stranger.organizationId }, id)))._tag,
        "AudienceNotFound"
      )
      const exits = yield* Effect.all([Effect.exit(undo(place, id)), Effect.exit(undo(place, id))], { concurrency: 2 })
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      assert.strictEqual((yield* Effect.flip(undo(place, id)))._tag, "ImportUndone")
    })
  )

  it.effect("can be imported again", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const file = "email,fullName\na@b.co,Ann\nb@b.co,Bob\n"
      yield* undo(place, (yield* bringIn(place, file)).id)
      assert.deepStrictEqual(yield* namesOf(place), {})
      const again = yield* bringIn(place, file)
      assert.strictEqual(again.createdRows, 2)
      assert.deepStrictEqual(yield* namesOf(place), { "a@b.co": "Ann", "b@b.co": "Bob" })
    })
  )

  it.effect("is refused where it would lose what was written since, naming whom", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      yield* bringIn(place, "email,fullName\na@b.co,Ann\nb@b.co,Bob\n")
      const done = yield* bringIn(place, "email,fullName\na@b.co,Anna\nb@b.co,Bobby\nc@b.co,Cy\nd@b.co,Dee\n")
      const [{ id: bob }] = (yield* write(place, "b@b.co", "Robert")) as [{ id: string }]
      const [{ id: cy }] = (yield* write(place, "c@b.co", "Cyril")) as [{ id: string }]
      const refused = yield* refusalOf(place, done)
      assert.deepStrictEqual(
        refused.conflicts.map(({ consumerId, reason }) => [consumerId as string, reason]),
        [
          [bob, "CHANGED"],
          [cy, "CHANGED"]
        ]
      )
      assert.strictEqual(refused.conflictCount, 2)
    })
  )

  it.effect("is refused when whom it created is in another list, or somebody has an identifier that was given up", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const other = { ...place, audienceId: yield* freshAudience(place.organizationId) }
      const listed = yield* bringIn(place, "email\na@b.co\n")
      yield* bringIn(other, "email\na@b.co\n")
      assert.deepStrictEqual(
        (yield* refusalOf(place, listed)).conflicts.map(({ reason }) => reason),
        ["LISTED"]
      )
      yield* bringIn(other, "email,phone\nb@b.co,+491\n")
      const moved = yield* bringIn(other, "email,phone\nb@b.co,+492\n")
      yield* bringIn(place, "phone\n+491\n")
      assert.deepStrictEqual(
        (yield* refusalOf(other, moved)).conflicts.map(({ reason }) => reason),
        ["TAKEN"]
      )
    })
  )

  it.effect("names a hundred of many, and counts them all", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const sql = yield* SqlClient.SqlClient
      const done = yield* bringIn(place, "email\n" + Array.from({ length: 150 }, (_, i) => `p${i}@b.co\n`).join(""))
      yield* sql`UPDATE consumers SET updated_at = clock_timestamp() WHERE organization_id = ${place.organizationId}`
      const { conflictCount, conflicts } = yield* refusalOf(place, done)
      assert.deepStrictEqual([conflicts.length, conflictCount], [100, 150])
    })
  )

  it.effect("goes on where a process died, and leaves whom somebody wrote meanwhile", () =>
    Effect.gen(function* () {
      const repo = yield* ImportUndoRepo
      const undos = yield* ImportUndo
      const place = yield* fresh
      const emails = ["a", "b", "c", "d", "e"].map((name) => `${name}@b.co`)
      yield* bringIn(place, `email,fullName\n${emails.map((email) => `${email},Old\n`).join("")}`)
      const { id } = yield* bringIn(place, `email,fullName\n${emails.map((email) => `${email},New\n`).join("")}`)
      const limited = Effect.provideService(ImportLimits, { maxBytes: 1000, maxRows: 1000, chunkRows: 2 })
      const now = yield* DateTime.now
      assert.strictEqual(yield* limited(repo.begin(actor(place), into(place.audienceId), id, now)), "left")
      assert.isNull((yield* latest(place)).undoneAt)
      yield* write(place, "d@b.co", "Meanwhile")
      yield* limited(undos.resume(place.organizationId, id))
      const undone = yield* latest(place)
      assert.isNotNull(undone.undoneAt)
      assert.strictEqual(undone.undoSkipped, 1)
      assert.deepStrictEqual(yield* namesOf(place), {
        "a@b.co": "Old",
        "b@b.co": "Old",
        "c@b.co": "Old",
        "d@b.co": "Meanwhile",
        "e@b.co": "Old"
      })
      yield* limited(undos.resume(place.organizationId, id))
      assert.deepStrictEqual(yield* latest(place), undone)
    })
  )
})

layer(ImportsTest, { excludeTestServices: true })("an import that is undone, in real time", (it) => {
  it.effect("loses nothing that is written while it is undone", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const emails = Array.from({ length: 60 }, (_, i) => `p${i}@b.co`)
      yield* bringIn(place, `email,fullName\n${emails.map((email) => `${email},Old\n`).join("")}`)
      const { id } = yield* bringIn(place, `email,fullName\n${emails.map((email) => `${email},New\n`).join("")}`)
      const written = emails.filter((_, i) => i % 3 === 0).reverse()
      const [undone] = yield* Effect.all(
        [
          Effect.exit(undo(place, id, 1)),
          Effect.forEach(written, (email) => write(place, email, `Written`), { concurrency: 3 })
        ],
        { concurrency: 2 }
      )
      const names = yield* namesOf(place)
      for (const email of written) assert.strictEqual(names[email], "Written", email)
      // Whoever was first: a refusal, or all others as before.
      const expected = Exit.isSuccess(undone) ? "Old" : "New"
      for (const email of emails) if (!written.includes(email)) assert.strictEqual(names[email], expected, email)
    })
  )
})
