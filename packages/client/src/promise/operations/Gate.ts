import type { MemberCheck, MembersChecked, PersonNamed, memberCheckQuery } from "@audiences/domain/MemberCheck"
import type { MemberExplanation } from "@audiences/domain/MemberExplanation"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { QueryOf, Resource } from "../Wire.ts"

type MemberCheckQuery = QueryOf<typeof memberCheckQuery>

export const gateOf = (calls: Calls) => ({
  /** IN, OUT or UNKNOWN, right now. */
  check: (audienceId: string, consumerId: string, query: MemberCheckQuery = {}) =>
    calls.call<Resource<typeof MemberCheck>>("GET", path`/audiences/${audienceId}/members/${consumerId}`, { query }),
  /** Every rule's truth, since when, and what would change it. */
  explain: (audienceId: string, consumerId: string) =>
    calls.call<Resource<typeof MemberExplanation>>("GET", path`/audiences/${audienceId}/members/${consumerId}/explain`),
  /** At most 1000 people, each by one of id, email, phone and external id; answers in their order. */
  checkAll: (
    audienceId: string,
    consumers: ReadonlyArray<Resource<typeof PersonNamed>>,
    query: MemberCheckQuery = {}
  ) =>
    calls.call<Resource<typeof MembersChecked>>("POST", path`/audiences/${audienceId}/members/check`, {
      body: { consumers },
      query
    })
})
