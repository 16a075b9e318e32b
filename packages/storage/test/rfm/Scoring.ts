import type { Actor } from "@audiences/domain/Actor"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { RfmMethod } from "@audiences/domain/Rfm"
import { Uuid } from "@audiences/domain/Uuid"
import { boundsOf, neededPlaces } from "@audiences/engine/rfm/RfmCutting"
import { defaultMethod } from "@audiences/engine/rfm/RfmMethods"
import { RfmRepo } from "@audiences/engine/rfm/RfmRepo"
import { writeScoring } from "@audiences/storage/rfm/RfmScoringWrites"
import { DateTime, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { insertPeople } from "../People.ts"

/** When tests score. */
export const scoringTime = DateTime.makeUnsafe("2026-03-01T00:00:00Z")

export const configureScoring = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  method: Partial<RfmMethod> = {}
) {
  const scoring = { method: { ...defaultMethod, asOf: scoringTime, ...method }, intervalSeconds: 3600 }
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(
    writeScoring(sql, { organizationId, name: "test" } as Actor, scoringTime, scoring, "rfm.create")
  )
})

let begun = 0

/** Begins the run that is asked for, or takes up the one that was begun. */
export const beginScoring = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const cutting = { places: neededPlaces, bounds: boundsOf }
  // Each later than those before: what is told of is the latest.
  const now = DateTime.add(scoringTime, { milliseconds: begun++ })
  return Option.getOrUndefined(yield* (yield* RfmRepo).begin(organizationId, now, yield* yield* Uuid, cutting))
})

/** Scores the next block; whether it was the last. */
export const scoreNextBlock = Effect.fnUntraced(function* (organizationId: OrganizationId, runId: string) {
  return yield* (yield* RfmRepo).advance(organizationId, scoringTime, runId)
})

/** The whole run that is asked for; what is then told of it. */
export const score = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const id = yield* beginScoring(organizationId)
  if (id !== undefined) while (!(yield* scoreNextBlock(organizationId, id)));
  return yield* latestRun(organizationId)
})

export const latestRun = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  return Option.getOrThrow(yield* (yield* RfmRepo).state(organizationId)).latestRun!
})

/** Ranks and scores of everybody, by ordinal, as texts. */
export const ranks = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ ranks: string }>`
    SELECT concat_ws(' ', activity_rank, purchase_frequency_rank, monetary_rank, activity_score, purchase_frequency_score, monetary_score) AS ranks
    FROM consumers WHERE organization_id = ${organizationId}::uuid ORDER BY ordinal`
  return rows.map((row) => row.ranks)
})

/** People with days since their last order, orders and amounts, from the next ordinal on. */
export const insertBuyers = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  buyers: ReadonlyArray<{ readonly days: number; readonly orders: number; readonly cents: number }>
) {
  const sql = yield* SqlClient.SqlClient
  const people = buyers.map(({ days, orders }) => ({
    totalOrders: orders,
    lastOrderAt: DateTime.formatIso(DateTime.subtract(scoringTime, { days }))
  }))
  const ids = yield* insertPeople(organizationId, people)
  yield* sql`
    UPDATE consumers c SET ltv = b.cents::numeric / 100, primary_external_id = b.n::text, primary_external_id_folded = c.id::text
    FROM unnest(${ids}::uuid[], ${buyers.map(({ cents }) => cents)}::int[]) WITH ORDINALITY AS b (id, cents, n)
    WHERE c.organization_id = ${organizationId}::uuid AND c.id = b.id`
  return ids
})
