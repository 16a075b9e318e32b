import type { OrganizationId } from "@audiences/domain/Organization"
import type { ImportId } from "@audiences/domain/Import"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { FileImports } from "@audiences/engine/imports/FileImports"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { ImportUndoRepo } from "@audiences/engine/imports/undo/ImportUndoRepo"
import { Orders } from "@audiences/engine/orders/Orders"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Exit, Schema } from "effect"
import { SqlClient } from "effect/sql"
import {
  actorOf,
  bringIn,
  consumers,
  FileImportsTest,
  founded,
  limited,
  orders,
  standing,
  undo
} from "./FileImporting.ts"

const Row = Schema.Struct({
  order: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 })),
  owner: Schema.Literals(["ada@example.com", "bob@example.com", "nobody@example.com"]),
  day: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })),
  cents: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99_999 }))
})
const few = Schema.Array(Row).check(Schema.isMaxLength(10))

const fileOf = (rows: ReadonlyArray<typeof Row.Type>) =>
  `orderId,email,orderedAt,total\n${rows
    .map(({ cents, day, order, owner }) => `o${order},${owner},2026-01-0${day},${(cents / 100).toFixed(2)}\n`)
    .join("")}`

const written = (organizationId: OrganizationId, orderId: string, total: string, email = "ada@example.com") =>
  Effect.flatMap(Orders, ({ batch }) =>
    batch(actorOf(organizationId), {
      orders: [{ orderId, email, orderedAt: DateTime.makeUnsafe("2026-01-05T00:00:00Z"), total }]
    })
  )

const refusal = (organizationId: OrganizationId, id: ImportId) =>
  Effect.map(Effect.flip(undo(organizationId, orders, id)), (error) =>
    error._tag === "OrderImportUndoRefused" ? [error.conflictCount, error.conflicts] : error._tag
  )

layer(FileImportsTest, { excludeTestServices: true })("an import of orders that is undone", (it) => {
  it.effect.prop(
    "leaves orders and totals as they were before, whatever was written before it, in steps of any size",
    [few, few, few, Schema.Literals([1, 2, 3, 100])],
    ([first, second, third, chunkRows]) =>
      Effect.gen(function* () {
        const organizationId = yield* founded
        yield* bringIn(organizationId, orders, fileOf(first))
        const before = yield* standing(organizationId)
        const { id } = yield* bringIn(organizationId, orders, fileOf(second), {}, chunkRows)
        const between = yield* standing(organizationId)
        const other = yield* bringIn(organizationId, orders, fileOf(third), {}, chunkRows)
        // The later of two is undone first.
        const undone = yield* undo(organizationId, orders, other.id, chunkRows)
        assert.isNotNull(undone.undoneAt)
        assert.strictEqual(undone.undoSkipped, 0)
        assert.deepStrictEqual(yield* standing(organizationId), between)
        assert.strictEqual((yield* undo(organizationId, orders, id, chunkRows)).undoSkipped, 0)
        assert.deepStrictEqual(yield* standing(organizationId), before)
      }),
    { arbitrary: { runs: 15 } }
  )

  it.effect.prop(
    "lets go of the consumers that a file brought before it, unless somebody wrote them",
    [few, few, Schema.Literals([1, 2, 100]), Schema.Boolean],
    ([first, second, chunkRows, renamed]) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const organizationId = yield* founded
        const empty = yield* standing(organizationId)
        const people = "email,fullName\nada@example.com,Ada L\nbob@example.com,Bob\nnobody@example.com,No\n"
        const brought = yield* bringIn(organizationId, consumers, people)
        const files = [
          yield* bringIn(organizationId, orders, fileOf(first), {}, chunkRows),
          yield* bringIn(organizationId, orders, fileOf(second), {}, chunkRows)
        ]
        const rename = sql`
          UPDATE consumers SET full_name = 'Robert', updated_at = clock_timestamp()
          WHERE organization_id = ${organizationId}::uuid AND email = 'bob@example.com'`
        if (renamed) yield* rename
        for (const { id } of files.toReversed()) yield* undo(organizationId, orders, id, chunkRows)
        const undone = yield* Effect.exit(undo(organizationId, consumers, brought.id, chunkRows))
        assert.strictEqual(Exit.isSuccess(undone), !renamed)
        const left = yield* standing(organizationId)
        assert.deepStrictEqual({ ...left, people: left.people.slice(0, empty.people.length) }, empty)
      }),
    { arbitrary: { runs: 12 } }
  )

  it.effect("keeps what was known of the consumers by other means", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const { batch } = yield* Consumers
      const known = { emailVerified: false, phoneVerified: false, status: "ACTIVE" } as const
      yield* batch(actorOf(organizationId), {
        consumers: [
          {
            ...known,
            email: "ada@example.com",
            totalOrders: 3,
            ltv: "60",
            aov: "20",
            lastOrderAt: DateTime.makeUnsafe("2026-02-01T00:00:00Z")
          }
        ]
      })
      const before = yield* standing(organizationId)
      const file = "orderId,email,orderedAt,total\na,ada@example.com,2026-03-01,40\nb,bob@example.com,2026-03-01,1\n"
      const { id } = yield* bringIn(organizationId, orders, file)
      assert.deepInclude((yield* standing(organizationId)).people[0], { totalOrders: 4, ltv: "100.00000000" })
      yield* undo(organizationId, orders, id)
      assert.deepStrictEqual(yield* standing(organizationId), before)
    })
  )

  it.effect(
    "gives totals back that did not fit to the orders, and such as others have written since only what it took",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const organizationId = yield* founded
        const set = (email: string, ltv: string, aov: string) =>
          sql`UPDATE consumers SET ltv = ${ltv}::numeric, aov = ${aov}::numeric WHERE organization_id = ${organizationId}::uuid AND email = ${email}`
        yield* written(organizationId, "a", "100")
        // Less than the order that is known, and no mean of anything.
        yield* set("ada@example.com", "50", "7")
        yield* set("bob@example.com", "50", "7")
        const before = yield* standing(organizationId)
        const lines = [
          "a,ada@example.com,2026-01-01,0",
          "b,bob@example.com,2026-01-01,5",
          "c,ada@example.com,2026-01-02,1"
        ]
        const file = `orderId,email,orderedAt,total\n${lines.join("\n")}\n`
        for (const chunkRows of [1, 2, 100]) {
          const { id } = yield* bringIn(organizationId, orders, file, {}, chunkRows)
          yield* undo(organizationId, orders, id, chunkRows)
          assert.deepStrictEqual(yield* standing(organizationId), before)
        }
        const { id } = yield* bringIn(organizationId, orders, file)
        yield* set("bob@example.com", "200", "9")
        yield* undo(organizationId, orders, id)
        const { people } = yield* standing(organizationId)
        assert.deepStrictEqual(people[0], before.people[0])
        assert.deepInclude(people[1], { totalOrders: 0, ltv: "195.00000000" })
        assert.lengthOf(
          yield* sql`SELECT 1 FROM order_import_totals WHERE organization_id = ${organizationId}::uuid`,
          0
        )
      })
  )

  it.effect("is refused, and nothing changes, where an order was written since, naming it", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const file = "orderId,email,orderedAt,total\na,ada@example.com,2026-01-01,1\nb,bob@example.com,2026-01-01,2\n"
      const { id } = yield* bringIn(organizationId, orders, file)
      yield* written(organizationId, "b", "3")
      const then = yield* standing(organizationId)
      assert.deepStrictEqual(yield* refusal(organizationId, id), [1, [{ orderId: "b", reason: "CHANGED" }]])
      assert.deepStrictEqual(yield* standing(organizationId), then)
      assert.isNull((yield* Effect.flatMap(FileImports, ({ get }) => get(organizationId, orders, id))).undoStartedAt)
    })
  )

  it.effect("is refused where its consumer would have bought more than can be kept", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      yield* written(organizationId, "a", "900000000000")
      const { id } = yield* bringIn(
        organizationId,
        orders,
        "orderId,email,orderedAt,total\na,ada@example.com,2026-01-01,1\n"
      )
      yield* written(organizationId, "b", "900000000000")
      assert.deepStrictEqual(yield* refusal(organizationId, id), [1, [{ orderId: "a", reason: "TOO_MUCH" }]])
    })
  )

  it.effect("is undone once, when it has ended, by its own organization, and by the path of its kind", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* founded
      const { create } = yield* FileImports
      const waiting = yield* create(actorOf(organizationId), orders)
      assert.strictEqual(yield* refusal(organizationId, waiting.id), "ImportUnfinished")
      const file = "orderId,email,orderedAt,total\na,ada@example.com,2026-01-01,1\n"
      const tried = yield* bringIn(organizationId, orders, file, { dryRun: true })
      assert.strictEqual(yield* refusal(organizationId, tried.id), "ImportDryRun")
      const { id } = yield* bringIn(organizationId, orders, file)
      assert.strictEqual(yield* refusal(yield* founded, id), "ImportNotFound")
      assert.strictEqual((yield* Effect.flip(undo(organizationId, consumers, id)))._tag, "ImportNotFound")
      const both = [Effect.exit(undo(organizationId, orders, id)), Effect.exit(undo(organizationId, orders, id))]
      assert.lengthOf((yield* Effect.all(both, { concurrency: 2 })).filter(Exit.isSuccess), 1)
      assert.strictEqual(yield* refusal(organizationId, id), "ImportUndone")
      const old = yield* bringIn(organizationId, orders, file)
      yield* sql`UPDATE imports SET changes_kept = false WHERE id = ${old.id}::uuid`
      assert.strictEqual(yield* refusal(organizationId, old.id), "ImportChangesUnknown")
      assert.lengthOf((yield* standing(organizationId)).recorded, 1)
    })
  )

  it.effect("goes on where a process died, and leaves what somebody wrote meanwhile", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const repo = yield* ImportUndoRepo
      const undos = yield* ImportUndo
      const { id } = yield* bringIn(
        organizationId,
        orders,
        `orderId,email,orderedAt,total\n${["a", "b", "c", "d", "e"].map((order) => `${order},ada@example.com,2026-01-01,1\n`).join("")}`
      )
      const begun = yield* limited(2)(repo.beginOrders(actorOf(organizationId), id, yield* DateTime.now))
      assert.strictEqual(begun, "left")
      assert.lengthOf((yield* standing(organizationId)).recorded, 3)
      yield* written(organizationId, "d", "7")
      yield* limited(2)(undos.resume(organizationId, id))
      const { people, recorded } = yield* standing(organizationId)
      assert.deepStrictEqual(
        recorded.map(({ orderId, total }) => [orderId, total]),
        [["d", "7.00000000"]]
      )
      assert.deepInclude(people[0], { totalOrders: 1, ltv: "7.00000000" })
      const undone = yield* Effect.flatMap(FileImports, ({ get }) => get(organizationId, orders, id))
      assert.isNotNull(undone.undoneAt)
      assert.strictEqual(undone.undoSkipped, 1)
    })
  )

  it.effect("loses nothing that is written while it is undone", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const all = Array.from({ length: 40 }, (_, i) => `o${String(i).padStart(2, "0")}`)
      const file = `orderId,email,orderedAt,total\n${all.map((order) => `${order},ada@example.com,2026-01-01,1\n`).join("")}`
      const { id } = yield* bringIn(organizationId, orders, file)
      const mine = all.filter((_, i) => i % 4 === 0).reverse()
      const [undone] = yield* Effect.all(
        [
          Effect.exit(undo(organizationId, orders, id, 1)),
          Effect.forEach(mine, (order) => written(organizationId, order, "7", "bob@example.com"), { concurrency: 3 })
        ],
        { concurrency: 2 }
      )
      const { people, recorded } = yield* standing(organizationId)
      const sevens = recorded.filter(({ total }) => total === "7.00000000").map(({ orderId }) => orderId)
      assert.deepStrictEqual(sevens, mine.toReversed())
      // Whoever was first: a refusal, or all others are gone.
      const others = Exit.isSuccess(undone) ? 0 : all.length - mine.length
      assert.lengthOf(recorded, mine.length + others)
      assert.deepInclude(people[0], { totalOrders: others, ltv: `${others}.00000000` })
      assert.deepInclude(people[1], { totalOrders: mine.length, ltv: `${7 * mine.length}.00000000` })
    })
  )

  it.effect("was cancelled, and leaves nothing of what it had done", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* founded
      yield* written(organizationId, "a", "5")
      const before = yield* standing(organizationId)
      const file = "orderId,email,orderedAt,total\na,bob@example.com,2026-01-01,1\nb,ada@example.com,2026-01-01,1\n"
      const { id } = yield* bringIn(organizationId, orders, file)
      yield* sql`UPDATE imports SET status = 'FAILED', cancelled_at = now() WHERE id = ${id}::uuid`
      yield* undo(organizationId, orders, id)
      assert.deepStrictEqual(yield* standing(organizationId), before)
    })
  )

  it.effect("passes over the orders of whoever was erased since", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* founded
      const { archive, batch } = yield* Consumers
      const [ada] = yield* batch(actorOf(organizationId), {
        consumers: [{ email: "ada@example.com", emailVerified: false, phoneVerified: false, status: "ACTIVE" }]
      })
      yield* written(organizationId, "b", "5")
      const file =
        "orderId,email,orderedAt,total\na,ada@example.com,2026-01-01,1\nb,bob@example.com,2026-01-01,2\nc,bob@example.com,2026-01-01,3\n"
      const { id } = yield* bringIn(organizationId, orders, file)
      yield* archive(actorOf(organizationId), ada!.id, { erase: true })
      yield* undo(organizationId, orders, id)
      const { recorded } = yield* standing(organizationId)
      // It was Ada's before the import: there is nobody to whom it could go back.
      assert.deepStrictEqual(
        recorded.map(({ orderId, total }) => [orderId, total]),
        [["b", "2.00000000"]]
      )
      const left = yield* sql`SELECT 1 FROM order_import_changes WHERE organization_id = ${organizationId}::uuid`
      assert.lengthOf(left, 0)
    })
  )
})

layer(FileImportsTest, { excludeTestServices: true })("an import of consumers without an audience", (it) => {
  it.effect("is undone as one into an audience, and refused where somebody is in a list since", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* founded
      const file = "email,fullName\nada@example.com,Ada\nnew@example.com,New\n"
      const { id } = yield* bringIn(organizationId, consumers, file)
      const people = sql`
        SELECT email, full_name, archived FROM consumers WHERE organization_id = ${organizationId}::uuid AND email IS NOT NULL ORDER BY ordinal`
      yield* undo(organizationId, consumers, id)
      assert.deepStrictEqual(
        (yield* people).map(({ archived, email, fullName }) => [email, fullName, archived]),
        [
          ["ada@example.com", null, false],
          ["bob@example.com", null, false],
          ["new@example.com", "New", true]
        ]
      )
      const again = yield* bringIn(organizationId, consumers, file)
      const list = "0190a000-0000-7000-8000-00000000aaaa"
      yield* sql`
        INSERT INTO audiences (organization_id, id, name, name_folded, type, created_at, created_by)
        VALUES (${organizationId}::uuid, ${list}::uuid, 'List', 'list', 'STATIC_LIST', now(), 'key:test')`
      yield* sql`
        INSERT INTO static_members (organization_id, audience_id, ordinal, source, since)
        SELECT ${organizationId}::uuid, ${list}::uuid, ordinal, 'manual', now()
        FROM consumers WHERE organization_id = ${organizationId}::uuid AND email = 'new@example.com' AND NOT archived`
      const refused = yield* Effect.flip(
        Effect.flatMap(FileImports, ({ undoConsumers }) => undoConsumers(actorOf(organizationId), again.id))
      )
      assert.deepStrictEqual(
        refused._tag === "ImportUndoRefused" ? refused.conflicts.map(({ reason }) => reason) : refused._tag,
        ["LISTED"]
      )
    })
  )
})
