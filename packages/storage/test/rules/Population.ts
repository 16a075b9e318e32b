import type { RuleLine } from "@audiences/domain/Rule"
import { foldConsumer } from "@audiences/engine/consumers/FoldedConsumer"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { whereCondition } from "@audiences/storage/rules/ConditionSql"
import { DateTime, Effect, Result, String } from "effect"
import { SqlClient } from "effect/sql"
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

/** A new organization with these consumers, who take their places as ordinals. */
export const insertConsumers = Effect.fnUntraced(function* (consumers: ReadonlyArray<WireConsumer>) {
  const sql = yield* SqlClient.SqlClient
  const organizationId = yield* freshOrganization
  const rows = consumers.map((each, ordinal) => {
    const consumer = completeConsumer(each)
    const row = { ...consumer, ...foldConsumer(consumer), organizationId, ordinal }
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [String.camelToSnake(name), value]))
  })
  yield* sql`
    INSERT INTO consumers SELECT r.* FROM (SELECT jsonb_array_elements(${JSON.stringify(rows)}::text::jsonb) AS j) s,
    jsonb_populate_record(null::consumers, s.j || jsonb_build_object('id', gen_random_uuid())) r`
  return organizationId
})

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
