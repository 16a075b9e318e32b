import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Rule, RuleId, RuleInput, RuleNotFound, RulesReplace, RuleUpdate } from "@audiences/domain/Rule"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type Effect } from "effect"

type Refused = ValidationError | AudienceNotFound | AudienceArchived

/** The rules of a DYNAMIC audience. Every change of them asks for a refresh in the same transaction. */
export class Rules extends Context.Service<Rules, {
  readonly list: (organizationId: OrganizationId, audienceId: AudienceId) => Effect.Effect<ReadonlyArray<Rule>, AudienceNotFound>
  readonly get: (
    organizationId: OrganizationId,
    audienceId: AudienceId,
    id: RuleId
  ) => Effect.Effect<Rule, AudienceNotFound | RuleNotFound>
  readonly create: (actor: Actor, audienceId: AudienceId, input: RuleInput) => Effect.Effect<Rule, Refused>
  readonly replace: (actor: Actor, audienceId: AudienceId, input: RulesReplace) => Effect.Effect<ReadonlyArray<Rule>, Refused>
  readonly update: (
    actor: Actor,
    audienceId: AudienceId,
    id: RuleId,
    input: RuleUpdate
  ) => Effect.Effect<Rule, Refused | RuleNotFound>
  readonly remove: (
    actor: Actor,
    audienceId: AudienceId,
    id: RuleId
  ) => Effect.Effect<Rule, AudienceNotFound | AudienceArchived | RuleNotFound>
}>()("@audiences/engine/Rules") {}
