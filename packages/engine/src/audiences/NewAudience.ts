import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceCreate } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type Rule, RuleId, type RuleLine } from "@audiences/domain/Rule"
import { type SyncSource, SyncSourceId, type SyncSourceInput } from "@audiences/domain/SyncSource"
import { Uuid } from "@audiences/domain/Uuid"
import { type DateTime, Effect } from "effect"

/** An audience that is still to be written, with what hangs on it. */
export interface NewAudience {
  readonly audience: Audience
  readonly rules: ReadonlyArray<Rule>
  readonly syncSource: SyncSource | null
}

/** Fills in what the caller does not choose. */
export const makeAudience = Effect.fnUntraced(function* (actor: Actor, now: DateTime.Utc, input: AudienceCreate) {
  const { name, type, primarySyncSource } = input
  const { organizationId } = actor
  const birth = {
    organizationId,
    archived: false,
    createdAt: now,
    createdBy: actor.name,
    updatedAt: null,
    updatedBy: null
  }
  const id = AudienceId.make(yield* yield* Uuid)
  const syncSource: SyncSource | null =
    primarySyncSource == null
      ? null
      : {
          ...birth,
          ...sourceOf(primarySyncSource),
          id: SyncSourceId.make(yield* yield* Uuid)
        }
  const audience: Audience = {
    ...birth,
    id,
    name,
    type,
    description: input.description ?? null,
    groupId: input.groupId ?? null,
    groupName: input.groupName ?? null,
    groupType: input.groupType ?? null,
    iconName: input.iconName ?? null,
    metadata: input.metadata ?? null,
    refreshIntervalSeconds: input.refreshIntervalSeconds ?? null,
    lastRefreshedAt: null,
    primarySyncSourceId: syncSource?.id ?? null,
    primaryExternalId: syncSource?.syncSourceId ?? null,
    primarySourceVendor: syncSource?.syncSource.split(":")[0] ?? null,
    primaryLastSyncedAt: null
  }
  const rules = yield* Effect.forEach(input.rules ?? [], (line) => makeRule(audience, line))
  return { audience, rules, syncSource } satisfies NewAudience
})

const sourceOf = ({ syncSource, syncSourceId, sourceData }: SyncSourceInput) => ({
  syncSource,
  syncSourceId,
  syncStatus: "PENDING" as const,
  lastSyncedAt: null,
  sourceData: sourceData ?? null
})

const makeRule = Effect.fnUntraced(function* ({ organizationId, id }: Audience, line: RuleLine) {
  const rule: Rule = { ...line, id: RuleId.make(yield* yield* Uuid), audienceId: id, organizationId }
  return rule
})
