import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { PersonChecked, memberCheckQuery } from "@audiences/domain/MemberCheck"
import type { MembersAdded, MembersRemoved, memberListQuery } from "@audiences/domain/Membership"
import type { Person } from "../../gate/CheckBatch.ts"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import { CheckBatches } from "../CheckBatches.ts"
import type { Open } from "../Open.ts"
import type { QueryOf, Resource } from "../Wire.ts"
import { gateOf } from "./Gate.ts"

type MemberCheckQuery = QueryOf<typeof memberCheckQuery>
type MemberQuery = QueryOf<typeof memberListQuery>

export const membersOf = (calls: Calls) => {
  const gate = gateOf(calls)
  const checks = new CheckBatches<MemberCheckQuery, Open<Resource<typeof PersonChecked>>>(gate.checkAll)
  return {
    /**
     * Whether somebody is in an audience: by id, or by exactly one of id, email, phone and external id. Checks of the same tick are
     * one request for each audience, of at most 1000 people.
     */
    check: (audienceId: string, person: Person, query: MemberCheckQuery = {}) =>
      checks.check(audienceId, person, query),
    list: (audienceId: string, query: MemberQuery = {}) =>
      calls.list<Resource<typeof ConsumerFull>, MemberQuery>(path`/audiences/${audienceId}/members`, query),
    add: (audienceId: string, consumerIds: ReadonlyArray<string>) =>
      calls.call<Resource<typeof MembersAdded>>("POST", path`/audiences/${audienceId}/members`, {
        body: { consumerIds }
      }),
    remove: (audienceId: string, consumerIds: ReadonlyArray<string>) =>
      calls.call<Resource<typeof MembersRemoved>>("DELETE", path`/audiences/${audienceId}/members`, {
        body: { consumerIds }
      })
  }
}
