import type { Audience, AudienceFull } from "@audiences/domain/Audience"
import type { groupMemberListQuery } from "@audiences/domain/AudienceGroup"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type GroupMemberQuery = QueryOf<typeof groupMemberListQuery>

export const groupsOf = (calls: Calls) => ({
  get: (groupId: string) =>
    calls.call<ReadonlyArray<Resource<typeof AudienceFull>>>("GET", path`/audiences/groups/${groupId}`),
  /** Each consumer once; of one audience of the group with `audienceId`. */
  members: (groupId: string, query: GroupMemberQuery = {}) =>
    calls.list<Resource<typeof ConsumerFull>, GroupMemberQuery>(path`/audiences/groups/${groupId}/members`, query),
  archive: (groupId: string) =>
    calls.call<ReadonlyArray<Resource<typeof Audience>>>("DELETE", path`/audiences/groups/${groupId}`)
})
