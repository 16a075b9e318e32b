import type {
  AudienceHistory,
  AudienceVersion,
  Snapshot,
  SnapshotCreate,
  Volatility,
  audienceHistoryQuery,
  volatilityQuery
} from "@audiences/domain/AudienceVersion"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { memberListQuery } from "@audiences/domain/Membership"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type MemberQuery = QueryOf<typeof memberListQuery>

/** Who was in an audience, and when. */
export const versionsOf = (calls: Calls) => ({
  history: (audienceId: string, query: QueryOf<typeof audienceHistoryQuery> = {}) =>
    calls.call<Resource<typeof AudienceHistory>>("GET", path`/audiences/${audienceId}/history`, { query }),
  volatility: (audienceId: string, query: QueryOf<typeof volatilityQuery> = {}) =>
    calls.call<Resource<typeof Volatility>>("GET", path`/audiences/${audienceId}/volatility`, { query }),
  get: (audienceId: string, version: number) =>
    calls.call<Resource<typeof AudienceVersion>>("GET", path`/audiences/${audienceId}/versions/${String(version)}`),
  members: (audienceId: string, version: number, query: MemberQuery = {}) =>
    calls.list<Resource<typeof ConsumerFull>, MemberQuery>(
      path`/audiences/${audienceId}/versions/${String(version)}/members`,
      query
    ),
  snapshots: (audienceId: string) =>
    calls.call<ReadonlyArray<Resource<typeof Snapshot>>>("GET", path`/audiences/${audienceId}/snapshots`),
  snapshot: (audienceId: string, snapshot: Resource<typeof SnapshotCreate>) =>
    calls.call<Resource<typeof Snapshot>>("POST", path`/audiences/${audienceId}/snapshots`, { body: snapshot })
})
