import type { Activity } from "@audiences/domain/Activity"
import type { Actor } from "@audiences/domain/Actor"
import type { ConsumerId } from "@audiences/domain/Consumer"
import type { LoyaltyTransaction } from "@audiences/domain/LoyaltyTransaction"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { HistoryRequest } from "@audiences/engine/history/HistoryPaging"
import { HistoryRepo } from "@audiences/engine/history/HistoryRepo"
import { type DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { contended } from "../postgres/Contended.ts"
import { insertActivity, readTimeline } from "./Activities.ts"
import { insertLoyaltyTransaction, readLoyaltyTransactions } from "./LoyaltyTransactions.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const snapshot = sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`

  return HistoryRepo.of({
    timeline: Effect.fn("HistoryRepo.timeline")(
      (organizationId: OrganizationId, consumerId: ConsumerId, request: HistoryRequest) =>
        Effect.andThen(snapshot, readTimeline(sql, organizationId, consumerId, request)),
      sql.withTransaction,
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    ),
    addActivity: Effect.fn("HistoryRepo.addActivity")(
      (actor: Actor, now: DateTime.Utc, activity: Activity) => insertActivity(sql, actor, now, activity),
      contended(sql),
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    ),
    loyaltyTransactions: Effect.fn("HistoryRepo.loyaltyTransactions")(
      (organizationId: OrganizationId, consumerId: ConsumerId, request: HistoryRequest) =>
        Effect.andThen(snapshot, readLoyaltyTransactions(sql, organizationId, consumerId, request)),
      sql.withTransaction,
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    ),
    addLoyaltyTransaction: Effect.fn("HistoryRepo.addLoyaltyTransaction")(
      (actor: Actor, now: DateTime.Utc, consumerId: ConsumerId, transaction: LoyaltyTransaction) =>
        insertLoyaltyTransaction(sql, actor, now, consumerId, transaction),
      contended(sql),
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    )
  })
})

export const HistoryRepoSql = Layer.effect(HistoryRepo, make)
