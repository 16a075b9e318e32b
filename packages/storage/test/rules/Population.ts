import type { OrganizationId } from "@audiences/domain/Organization"
import type { RuleLine } from "@audiences/domain/Rule"
import { foldConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import { blockSize, offsetsOf } from "@audiences/engine/memberships/Block"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { type ColumnOptions, Columns } from "@audiences/storage/columns/Columns"
import { whereCondition } from "@audiences/storage/rules/ConditionSql"
import { Context, DateTime, Effect, Layer, Result, String } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { freshOrganization } from "../../../../tools/vitest/PostgresTest.ts"
import type { WireConsumer } from "../../../../tools/vitest/rules/BruteForce.ts"

const blank = {
  emailVerified: false,
  phoneVerified: false,
  smsOptOut: false,
  status: "ACTIVE",
  activityScore: 0,
  engagedCount: 0,
  loyaltyBalance: 0,
  loyaltyLifetimePoints: 0,
  monetaryScore: 0,
  purchaseFrequencyScore: 0,
  totalEngagements: 0,
  totalMessages: 0,
  totalOrders: 0,
  totalReturns: 0,
  activityRank: 0,
  monetaryRank: 0,
  purchaseFrequencyRank: 0,
  aov: "0",
  ltv: "0",
  createdAt: "2026-01-01T00:00:00.000Z",
  createdBy: "system",
  archived: false
}

/** A consumer as given, with what the wire never leaves out. */
export const completeConsumer = (consumer: WireConsumer): WireConsumer => ({ ...blank, ...consumer })

/** A consumer by an ordinal. */
export type Placed = readonly [ordinal: number, consumer: WireConsumer]

const rowsOf = (organizationId: OrganizationId, placed: ReadonlyArray<Placed>) =>
  JSON.stringify(
    placed.map(([ordinal, each]) => {
      const consumer = completeConsumer(each)
      const row = { ...consumer, ...foldConsumer(consumer), organizationId, ordinal }
      return Object.fromEntries(Object.entries(row).map(([name, value]) => [String.camelToSnake(name), value]))
    })
  )

/** Inserts consumers, or writes them anew. Says nothing to the change feed. */
export const placeConsumers = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  placed: ReadonlyArray<Placed>
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM consumers WHERE organization_id = ${organizationId}::uuid AND ordinal = ANY(${placed.map(([ordinal]) => ordinal)}::int[])`
  yield* sql`
    INSERT INTO consumers SELECT r.* FROM (SELECT jsonb_array_elements(${rowsOf(organizationId, placed)}::text::jsonb) AS j) s,
    jsonb_populate_record(null::consumers, s.j || jsonb_build_object('id', gen_random_uuid())) r`
})

/** A new organization with these consumers, who take their places as ordinals. */
export const insertConsumers = Effect.fnUntraced(function* (consumers: ReadonlyArray<WireConsumer>) {
  const organizationId = yield* freshOrganization
  yield* placeConsumers(
    organizationId,
    consumers.map((consumer, ordinal) => [ordinal, consumer])
  )
  return organizationId
})

/** Whom columns find. */
export const membersByColumns = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  lines: ReadonlyArray<RuleLine>,
  now: number
) {
  const columns = yield* TestColumns
  const condition = Result.getOrThrow(compileRules(lines))
  const found = yield* Effect.promise(() => columns.evaluate(organizationId, condition, now))
  if (found === null) return yield* Effect.die("The columns do not fit into memory")
  return [...found.blocks]
    .sort(([a], [b]) => a - b)
    .flatMap(([block, bits]) => offsetsOf(bits).map((offset) => block * blockSize + offset))
})

/** Columns of the test run's database. */
export const openColumns = (options: Partial<ColumnOptions> = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => new Columns({ url: inject("postgresUrl"), memoryBytes: 2 ** 28, threads: 1, ...options })),
    (columns) => Effect.promise(() => columns.close())
  )

export class TestColumns extends Context.Service<TestColumns, Columns>()("@audiences/storage/test/TestColumns") {
  static readonly layer = Layer.effect(TestColumns, openColumns())
}

/** The ordinals of the members that SQL finds. */
export const members = Effect.fnUntraced(function* (
  organizationId: string,
  lines: ReadonlyArray<RuleLine>,
  now: number
) {
  const sql = yield* SqlClient.SqlClient
  const condition = Result.getOrThrow(compileRules(lines))
  const rows = yield* sql<{ ordinal: number }>`
    SELECT ordinal FROM consumers WHERE organization_id = ${organizationId}::uuid AND NOT archived
    AND ${whereCondition(sql, condition, DateTime.makeUnsafe(now))} ORDER BY ordinal`
  return rows.map((row) => row.ordinal)
})
