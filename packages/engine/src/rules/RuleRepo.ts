import type { Actor } from "@audiences/domain/Actor"
import type { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Rule, RuleId, RuleNotFound } from "@audiences/domain/Rule"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, type DateTime, type Effect } from "effect"
import type { AudienceTypeMismatch } from "../audiences/AudienceRepo.ts"

/**
 * Where the rules of DYNAMIC audiences are kept, in their order. Every change raises the revision of the rules and asks for a
 * refresh in the same transaction.
 */
export class RuleRepo extends Context.Service<
  RuleRepo,
  {
    readonly list: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<ReadonlyArray<Rule>, AudienceNotFound>
    readonly get: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      id: RuleId
    ) => Effect.Effect<Rule, AudienceNotFound | RuleNotFound>
    /**
     * Adds rules to those that are there, or puts them in their place; returns them in their order. `accept` sees all that the
     * audience would then have.
     */
    readonly insert: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      rules: ReadonlyArray<Rule>,
      place: "beside" | "instead",
      accept: (rules: ReadonlyArray<Rule>) => Effect.Effect<void, ValidationError>
    ) => Effect.Effect<
      ReadonlyArray<Rule>,
      AudienceNotFound | AudienceArchived | AudienceTypeMismatch | ValidationError
    >
    /** `change` sees the rule as it is when nobody else can change it. */
    readonly update: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      id: RuleId,
      change: (rule: Rule) => Effect.Effect<Rule, ValidationError>
    ) => Effect.Effect<Rule, AudienceNotFound | AudienceArchived | RuleNotFound | ValidationError>
    readonly remove: (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      id: RuleId
    ) => Effect.Effect<Rule, AudienceNotFound | AudienceArchived | RuleNotFound>
  }
>()("@audiences/engine/RuleRepo") {}
