import type { LoyaltyTiersInput, LoyaltyTiersResult } from "@audiences/domain/LoyaltyTier"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const loyaltyTiersOf = (calls: Calls) => ({
  create: (tiers: Resource<typeof LoyaltyTiersInput>) =>
    calls.call<Resource<typeof LoyaltyTiersResult>>("POST", "/audiences/loyalty-tiers", { body: tiers }),
  replace: (groupId: string, tiers: Resource<typeof LoyaltyTiersInput>) =>
    calls.call<Resource<typeof LoyaltyTiersResult>>("PUT", path`/audiences/loyalty-tiers/${groupId}`, { body: tiers })
})
