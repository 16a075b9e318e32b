import type { OrganizationId } from "@audiences/domain/Organization"
import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import type { Condition } from "@audiences/engine/rules/Condition"
import type { Columns } from "@audiences/storage/columns/Columns"
import { EvaluatorColumns } from "@audiences/storage/columns/EvaluatorColumns"
import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Redacted, References } from "effect"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"
import { insertPeople, skipOrdinals } from "../People.ts"
import { insertConsumers, openColumns } from "../rules/Population.ts"

const above = (value: number): Condition => ({
  _tag: "NumberWithin",
  field: "loyaltyBalance",
  low: { value, inclusive: false },
  line: 0
})
const exists = (field: "email" | "fullName" | "lastOrderAt"): Condition => ({ _tag: "Exists", field, line: 0 })

const evaluate = (columns: Columns, organizationId: OrganizationId, condition: Condition) =>
  Effect.map(
    Effect.promise(() => columns.evaluate(organizationId, condition, 0)),
    (evaluation) => evaluation && evaluation.blocks.size
  )

/** Many people, in so many blocks. */
const inBlocks = Effect.fnUntraced(function* (count: number) {
  const organizationId = yield* freshOrganization
  for (let block = 0; block < count; block++) {
    yield* insertPeople(organizationId, [{ loyaltyBalance: 1 }])
    yield* skipOrdinals(organizationId, 65_535)
  }
  return organizationId
})

layer(PostgresTest)("Columns", (it) => {
  it.effect("give way to others that are used later, and are loaded again", () =>
    Effect.gen(function* () {
      const organizationId = yield* insertConsumers([{ loyaltyBalance: 2, fullName: "A", lastOrderAt: null }])
      // A column of numbers takes eight kibibytes at least.
      const columns = yield* openColumns({ memoryBytes: 12_000 })
      for (let round = 0; round < 3; round++) {
        assert.strictEqual(yield* evaluate(columns, organizationId, above(1)), 1)
        assert.strictEqual(yield* evaluate(columns, organizationId, exists("fullName")), 1)
        assert.strictEqual(yield* evaluate(columns, organizationId, exists("lastOrderAt")), 0)
      }
      const both: Condition = { _tag: "Any", conditions: [above(1), exists("lastOrderAt")] }
      assert.isNull(yield* evaluate(columns, organizationId, both))
      assert.strictEqual(yield* evaluate(columns, organizationId, above(1)), 1)
    })
  )

  it.effect("outlive their threads", () =>
    Effect.gen(function* () {
      const organizationId = yield* inBlocks(20)
      const columns = yield* openColumns({ threads: 2 })
      assert.strictEqual(yield* evaluate(columns, organizationId, above(0)), 20)
      for (let round = 0; round < 3; round++) {
        const asking = columns.evaluate(organizationId, above(0), 0)
        yield* Effect.promise(() => Promise.all(columns.threads.map((thread) => thread.terminate())))
        assert.strictEqual((yield* Effect.promise(() => asking))?.blocks.size, 20)
        const evaluations = Array.from({ length: 4 }, () => columns.evaluate(organizationId, above(0), 0))
        assert.deepStrictEqual(
          (yield* Effect.promise(() => Promise.all(evaluations))).map((evaluation) => evaluation?.blocks.size),
          [20, 20, 20, 20]
        )
      }
    })
  )

  it.effect("of one organization say nothing of another", () =>
    Effect.gen(function* () {
      const columns = yield* openColumns()
      const [one, other] = [yield* inBlocks(1), yield* inBlocks(3)]
      assert.strictEqual(yield* evaluate(columns, one, above(0)), 1)
      assert.strictEqual(yield* evaluate(columns, other, above(0)), 3)
    })
  )
})

/** The database, at an address for columns at which there is none. */
const Unreachable = Layer.effect(
  PgClient.PgClient,
  Effect.map(PgClient.PgClient, (sql) => {
    const config = { ...sql.config, url: Redacted.make("postgres://audiences@127.0.0.1:1/nowhere") }
    return new Proxy(sql, {
      get: (target, name): unknown => (name === "config" ? config : Reflect.get(target, name))
    })
  })
)

layer(
  EvaluatorColumns({ memoryBytes: 2 ** 28, threads: 1 }).pipe(
    Layer.provide(Unreachable),
    Layer.provideMerge(PostgresTest),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "Error"))
  )
)("An evaluator whose columns fail", (it) => {
  it.effect("leaves it to PostgreSQL, too", () =>
    Effect.gen(function* () {
      const organizationId = yield* inBlocks(2)
      const evaluation = yield* (yield* Evaluator).evaluate(organizationId, above(0), DateTime.makeUnsafe(0))
      assert.strictEqual(evaluation.blocks.size, 2)
    })
  )
})

layer(EvaluatorColumns({ memoryBytes: 1000, threads: 1 }).pipe(Layer.provideMerge(PostgresTest)))(
  "An evaluator without memory for columns",
  (it) => {
    it.effect("leaves it to PostgreSQL", () =>
      Effect.gen(function* () {
        const organizationId = yield* inBlocks(2)
        const evaluation = yield* (yield* Evaluator).evaluate(organizationId, above(0), DateTime.makeUnsafe(0))
        assert.strictEqual(evaluation.blocks.size, 2)
        assert.strictEqual(evaluation.position, 2)
      })
    )
  }
)
