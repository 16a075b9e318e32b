import type { FileImport } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { FileImports } from "@audiences/engine/imports/FileImports"
import { ImportUndoRepo } from "@audiences/engine/imports/undo/ImportUndoRepo"
import { Orders } from "@audiences/engine/orders/Orders"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { actorOf, bringIn, consumers, counts, FileImportsTest, founded, orders, standing } from "./FileImporting.ts"

const messages = (done: FileImport) =>
  (done.errors ?? []).map(({ issues, row }) => [
    row,
    (issues as ReadonlyArray<{ message: string }>).map(({ message }) => message).join("; ")
  ])

const Row = Schema.Struct({
  order: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 })),
  owner: Schema.Literals(["ada@example.com,,", "bob@example.com,,", ",+15550003,", ",,1", "eve@example.com,,"]),
  day: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 })),
  cents: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99_999 }))
})
type Row = typeof Row.Type

const fileOf = (rows: ReadonlyArray<Row>) =>
  `orderId,email,phone,externalId,orderedAt,total\n${rows
    .map(({ cents, day, order, owner }) => `o${order},${owner},2026-01-0${day},${(cents / 100).toFixed(2)}\n`)
    .join("")}`

/** The rows of one file as requests, one after the other; those of unknown people are refused. */
const oneByOne = Effect.fnUntraced(function* (organizationId: OrganizationId, rows: ReadonlyArray<Row>) {
  const { batch } = yield* Orders
  for (const { cents, day, order, owner } of rows) {
    const [email, phone, externalId] = owner.split(",")
    yield* Effect.ignore(
      batch(actorOf(organizationId), {
        orders: [
          {
            orderId: `o${order}`,
            ...(email === "" ? {} : { email: email! }),
            ...(phone === "" ? {} : { phone: phone! }),
            ...(externalId === "" ? {} : { externalId: externalId! }),
            orderedAt: DateTime.makeUnsafe(`2026-01-0${day}T00:00:00Z`),
            total: (cents / 100).toFixed(2)
          }
        ]
      })
    )
  }
})

layer(FileImportsTest, { excludeTestServices: true })("imports without an audience", (it) => {
  it.effect.prop(
    "of orders leave what the rows would one by one, in chunks of any size, and account for each",
    [Schema.Array(Row).check(Schema.isMaxLength(8)), Schema.Literals([2, 3, 100])],
    ([rows, chunkRows]) =>
      Effect.gen(function* () {
        const [there, here] = [yield* founded, yield* founded]
        const tried = yield* bringIn(here, orders, fileOf(rows), { dryRun: true }, chunkRows)
        assert.deepStrictEqual((yield* standing(here)).recorded, [])
        const done = yield* bringIn(here, orders, fileOf(rows), {}, chunkRows)
        assert.deepStrictEqual(counts(tried), counts(done))
        assert.deepStrictEqual(tried.errors, done.errors)
        yield* oneByOne(there, rows)
        assert.deepStrictEqual(yield* standing(here), yield* standing(there))
        const fit = rows.filter(({ owner }) => owner !== "eve@example.com,,")
        const distinct = new Set(fit.map(({ order }) => order)).size
        assert.deepStrictEqual(counts(done), [
          "COMPLETED",
          distinct,
          0,
          0,
          fit.length - distinct,
          rows.length - fit.length
        ])
        assert.deepStrictEqual([done.progress, done.processedConsumers], [100, rows.length])
        const again = yield* bringIn(here, orders, fileOf(rows), {}, chunkRows)
        assert.deepStrictEqual(counts(again).slice(1, 4), [0, 0, distinct])
      }),
    { arbitrary: { runs: 6 } }
  )

  it.effect("of orders reject a row with its reasons, and nothing else", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const done = yield* bringIn(
        organizationId,
        orders,
        "orderId,email,externalId,orderedAt,total\n" +
          "a,ada@example.com,,2026-01-01,1\n" +
          "b,nobody@example.com,,2026-01-01,1\n" +
          "c,ada@example.com,2,2026-01-01,1\n" +
          ",ada@example.com,,2026-01-01,1\n" +
          "e,ada@example.com,1,2026-01-01,999999999999\n" +
          "f,bob@example.com,,2026-01-01,2\n"
      )
      assert.deepStrictEqual(counts(done), ["COMPLETED", 1, 0, 0, 0, 5])
      assert.deepStrictEqual(
        messages(done).map(([row, message]) => [row, String(message).replace(/[0-9a-f-]{36}/g, "#")]),
        [
          [2, "The consumer's lifetime value would have more than 12 digits before the point"],
          [3, "Consumer not found: the email is nobody's. Import the consumers before their orders."],
          [4, "External ID already exists: it is consumer #'s, while the email is consumer #'s"],
          [5, "The cell is blank"],
          [6, "The consumer's lifetime value would have more than 12 digits before the point"]
        ]
      )
    })
  )

  it.effect("of orders create or update only, when they are told to", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const file = (...ids: ReadonlyArray<string>) =>
        `orderId,email,orderedAt,total\n${ids.map((id) => `${id},ada@example.com,2026-01-01,${ids.length}\n`).join("")}`
      assert.deepStrictEqual(counts(yield* bringIn(organizationId, orders, file("a", "a"), { mode: "create" })), [
        "COMPLETED",
        1,
        0,
        0,
        1,
        0
      ])
      const created = yield* bringIn(organizationId, orders, file("a", "b", "b"), { mode: "create" })
      assert.deepStrictEqual(counts(created), ["COMPLETED", 1, 0, 0, 1, 1])
      assert.include(messages(created)[0]![1], "recorded already")
      const updated = yield* bringIn(organizationId, orders, file("a", "c", "b", "c"), { mode: "update" })
      assert.deepStrictEqual(counts(updated), ["COMPLETED", 0, 2, 0, 0, 2])
      assert.include(messages(updated)[0]![1], "not recorded yet")
    })
  )

  it.effect("of consumers are made and told apart as those of an audience, and nobody becomes a member", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizationId = yield* founded
      const file =
        "email,fullName\nada@example.com,Ada\nnew@example.com,New\nnew@example.com,Newer\nwrong,x\nbob@example.com,\n"
      const done = yield* bringIn(organizationId, consumers, file)
      assert.deepStrictEqual(counts(done), ["COMPLETED", 1, 1, 1, 1, 1])
      assert.notProperty(done, "audienceId")
      const people = yield* sql`
        SELECT email, full_name FROM consumers WHERE organization_id = ${organizationId}::uuid AND full_name IS NOT NULL ORDER BY ordinal`
      assert.deepStrictEqual(
        people.map(({ email, fullName }) => [email, fullName]),
        [
          ["ada@example.com", "Ada"],
          ["new@example.com", "Newer"]
        ]
      )
      const members = yield* sql`SELECT 1 FROM static_members WHERE organization_id = ${organizationId}::uuid`
      assert.lengthOf(members, 0)
      // A worker asks so after every import.
      const undo = yield* Effect.flatMap(ImportUndoRepo, ({ step }) => step(organizationId, done.id))
      assert.strictEqual(undo, "done")
      // The latest of orders is none of these.
      const none = yield* Effect.flip(Effect.flatMap(FileImports, ({ latest }) => latest(organizationId, orders)))
      assert.strictEqual(none._tag, "ImportNotFound")
    })
  )

  it.effect("read their columns as a mapping says, which is told with the import", () =>
    Effect.gen(function* () {
      const organizationId = yield* founded
      const mapping = { invoice: "orderId", invoice_date: "orderedAt", customer_id: "externalId", total_price: "total" }
      const file =
        "invoice,invoice_date,customer_id,total_price\n536365,2010-12-01,1,139.12\n536366,2010-12-01,1,22.20\n"
      const done = yield* bringIn(organizationId, orders, file, { mapping })
      assert.deepStrictEqual([...counts(done), done.mapping], ["COMPLETED", 2, 0, 0, 0, 0, mapping])
      const { people } = yield* standing(organizationId)
      assert.deepInclude(people[0], { totalOrders: 2, ltv: "161.32000000" })
      const { create } = yield* FileImports
      const wrong = yield* Effect.flip(create(actorOf(organizationId), orders, { mapping: { a: "ltv", b: "total" } }))
      assert.deepStrictEqual(
        wrong.issues.map(({ message, path }) => [path.map(({ key }) => key), message]),
        [[["mapping", "a"], '"ltv" is no field of an order']]
      )
      const absent = yield* bringIn(organizationId, orders, file, { mapping: { nowhere: "total" } })
      assert.strictEqual(absent.status, "FAILED")
      assert.include(absent.failureReason!, 'does not have: "nowhere"')
    })
  )
})
