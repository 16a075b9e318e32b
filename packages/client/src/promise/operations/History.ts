import type { Activity, ActivityInput, Timeline, historyQuery } from "@audiences/domain/Activity"
import type { LoyaltyHistory, LoyaltyTransaction, LoyaltyTransactionInput } from "@audiences/domain/LoyaltyTransaction"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type HistoryQuery = QueryOf<typeof historyQuery>

/** What happened with a consumer, the latest first. */
export const historyOf = (calls: Calls) => ({
  timeline: (consumerId: string, query: HistoryQuery = {}) =>
    calls.call<Resource<typeof Timeline>>("GET", path`/consumers/${consumerId}/timeline`, { query }),
  addActivity: (consumerId: string, activity: Resource<typeof ActivityInput>) =>
    calls.call<Resource<typeof Activity>>("POST", path`/consumers/${consumerId}/activities`, { body: activity }),
  loyaltyTransactions: (consumerId: string, query: HistoryQuery = {}) =>
    calls.call<Resource<typeof LoyaltyHistory>>("GET", path`/consumers/${consumerId}/loyalty-transactions`, {
      query
    }),
  addLoyaltyTransaction: (consumerId: string, transaction: Resource<typeof LoyaltyTransactionInput>) =>
    calls.call<Resource<typeof LoyaltyTransaction>>("POST", path`/consumers/${consumerId}/loyalty-transactions`, {
      body: transaction
    })
})
