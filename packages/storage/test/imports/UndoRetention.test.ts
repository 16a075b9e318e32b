import type { ImportId } from "@audiences/domain/Import"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { UndoRetention } from "@audiences/engine/imports/undo/UndoRetention"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { UndoRetentionRepoSql } from "@audiences/storage/imports/undo/UndoRetentionRepoSql"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { bringIn, fresh, ImportsTest, latest, type Place } from "./Importing.ts"

const RetentionTest = UndoRetention.layer.pipe(
  Layer.provide(UndoRetentionRepoSql),
  Layer.provideMerge(DatabaseClockSql),
  Layer.provideMerge(ImportsTest)
)

const undo = (place: Place, id: ImportId) =>
  Effect.flatMap(ImportUndo, (undos) =>
    undos.undo(
      { organizationId: place.organizationId, name: "key:test" },
      { _tag: "Audience", audienceId: place.audienceId },
      id
    )
  )

/** As if the import had ended so many days ago. */
const age = (id: ImportId, days: number) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE imports SET closed_at = closed_at - make_interval(days => ${days}::int) WHERE id = ${id}::uuid`
  )

const keepDays = ({ organizationId }: Place, days: number | null) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE organizations SET import_undo_days = ${days}::int WHERE id = ${organizationId}::uuid`
  )

const forget = Effect.flatMap(UndoRetention, ({ prune }) => prune)

const remembered = (id: ImportId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(sql`SELECT 1 FROM import_changes WHERE import_id = ${id}::uuid`, ({ length }) => length)
  )

layer(RetentionTest)("what undoing an import takes", (it) => {
  it.effect("is kept for as many days as the organization has set, and the import says until when", () =>
    Effect.gen(function* () {
      const place = yield* fresh
      const { id } = yield* bringIn(place, "email\na@b.co\nc@b.co\n")
      const until = (yield* latest(place)).undoableUntil
      const now = yield* (yield* DatabaseClock).now
      assert.closeTo(DateTime.toEpochMillis(until!) - DateTime.toEpochMillis(now), 30 * 86_400_000, 3_600_000)
      yield* age(id, 29)
      yield* forget
      assert.strictEqual(yield* remembered(id), 2)
      yield* age(id, 1)
      // Told before it is deleted, too.
      assert.strictEqual((yield* Effect.flip(undo(place, id)))._tag, "ImportUndoExpired")
      yield* forget
      assert.strictEqual(yield* remembered(id), 0)
      assert.strictEqual((yield* Effect.flip(undo(place, id)))._tag, "ImportUndoExpired")
      // What is gone does not come back with another setting.
      yield* keepDays(place, null)
      assert.strictEqual((yield* Effect.flip(undo(place, id)))._tag, "ImportUndoExpired")
      assert.isNotNull((yield* latest(place)).undoableUntil)
    })
  )

  it.effect("is kept for ever where it is set so, and is each organization's own matter", () =>
    Effect.gen(function* () {
      const forever = yield* fresh
      const week = yield* fresh
      yield* keepDays(forever, null)
      yield* keepDays(week, 7)
      const { id: kept } = yield* bringIn(forever, "email\na@b.co\n")
      const { id: gone } = yield* bringIn(week, "email\na@b.co\n")
      yield* age(kept, 10_000)
      yield* age(gone, 8)
      yield* forget
      assert.deepStrictEqual([yield* remembered(kept), yield* remembered(gone)], [1, 0])
      assert.isNull((yield* latest(forever)).undoableUntil)
      assert.isNotNull((yield* undo(forever, kept)).undoneAt)
      assert.isNull((yield* latest(forever)).undoableUntil)
    })
  )

  it.effect("is not taken away from an undo that is going on, nor promised of a dry run", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const place = yield* fresh
      const { id } = yield* bringIn(place, "email\na@b.co\n")
      yield* age(id, 31)
      yield* sql`UPDATE imports SET undo_started_at = now() WHERE id = ${id}::uuid`
      yield* forget
      assert.strictEqual(yield* remembered(id), 1)
      yield* (yield* ImportUndo).resume(place.organizationId, id)
      yield* forget
      assert.strictEqual(yield* remembered(id), 0)
      yield* bringIn(place, "email\nc@b.co\n", 10, { dryRun: true })
      assert.isNull((yield* latest(place)).undoableUntil)
    })
  )
})
