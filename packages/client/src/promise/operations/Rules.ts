import type { Rule, RuleLine, RuleUpdate } from "@audiences/domain/Rule"
import { path } from "../Address.ts"
import type { Calls } from "../Calls.ts"
import type { Resource } from "../Wire.ts"

export const rulesOf = (calls: Calls) => ({
  list: (audienceId: string) =>
    calls.call<ReadonlyArray<Resource<typeof Rule>>>("GET", path`/audiences/${audienceId}/rules`),
  create: (audienceId: string, rule: Resource<typeof RuleLine>) =>
    calls.call<Resource<typeof Rule>>("POST", path`/audiences/${audienceId}/rules`, {
      body: { ...rule, audienceId }
    }),
  /** All at once, in place of those that are there. */
  replace: (audienceId: string, rules: ReadonlyArray<Resource<typeof RuleLine>>) =>
    calls.call<ReadonlyArray<Resource<typeof Rule>>>("PUT", path`/audiences/${audienceId}/rules`, {
      body: { rules: rules.map((rule) => ({ ...rule, audienceId })) }
    }),
  get: (audienceId: string, ruleId: string) =>
    calls.call<Resource<typeof Rule>>("GET", path`/audiences/${audienceId}/rules/${ruleId}`),
  update: (audienceId: string, ruleId: string, changes: Resource<typeof RuleUpdate>) =>
    calls.call<Resource<typeof Rule>>("PUT", path`/audiences/${audienceId}/rules/${ruleId}`, { body: changes }),
  remove: (audienceId: string, ruleId: string) =>
    calls.call<Resource<typeof Rule>>("DELETE", path`/audiences/${audienceId}/rules/${ruleId}`)
})
