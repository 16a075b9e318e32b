import type { AudienceOverlap, overlapQuery } from "@audiences/domain/AudienceOverlap"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

export const overlapsOf = (calls: Calls) => ({
  /** Of 2 to 100 audiences, their ids with commas between them. */
  get: (query: QueryOf<typeof overlapQuery>) =>
    calls.call<Resource<typeof AudienceOverlap>>("GET", "/audiences/overlap", { query })
})
