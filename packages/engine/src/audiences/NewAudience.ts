import type { Actor } from "@audiences/domain/Actor"
import type { Audience, AudienceCreate } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type Rule, RuleId, type RuleLine } from "@audiences/domain/Rule"
import { type SyncSource, SyncSourceId, type SyncSourceInput } from "@audiences/domain/SyncSource"
import { Uuid } from "@audiences/domain/Uuid"
import { type DateTime, Effect } from "effect"
import { sourceName } from "../syncs/SourceName.ts"

/** An audience that is still to be written, with what hangs on it. */
export interface NewAudience {
  readonly audience: Audience
  readonly rules: ReadonlyArray<Rule>
  readonly syncSource: SyncSource | null
}

const birthOf = ({ name, organizationId }: Actor, now: DateTime.Utc) => ({
  organizationId,
  archived: false,
  createdAt: now,
  createdBy: name,
  updatedAt: null,
  updatedBy: null
})

/** A source that has never been synced. */
export const makeSyncSource = Effect.fnUntraced(function* (
  actor: Actor,
  now: DateTime.Utc,
  { syncSource, syncSourceId, sourceData }: SyncSourceInput
) {
  const source: SyncSource = {
    ...birthOf(actor, now),
    id: SyncSourceId.make(yield* yield* Uuid),
    syncSource,
    syncSourceId,
    syncStatus: "PENDING",
    lastSyncedAt: null,
    sourceData: sourceData ?? null
  }
  return source
})

/** Fills in what the caller does not choose. */
export const makeAudience = Effect.fnUntraced(function* (actor: Actor, now: DateTime.Utc, input: AudienceCreate) {
  const { name, type, primarySyncSource } = input
  const birth = birthOf(actor, now)
  const id = AudienceId.make(yield* yield* Uuid)
  const syncSource = primarySyncSource == null ? null : yield* makeSyncSource(actor, now, primarySyncSource)
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
    primarySourceVendor: syncSource === null ? null : sourceName(syncSource.syncSource).vendor,
    primaryLastSyncedAt: null
  }
  const rules = yield* Effect.forEach(input.rules ?? [], (line) => makeRule(audience, line))
  return { audience, rules, syncSource } satisfies NewAudience
})

const makeRule = Effect.fnUntraced(function* ({ organizationId, id }: Audience, line: RuleLine) {
  const rule: Rule = { ...line, id: RuleId.make(yield* yield* Uuid), audienceId: id, organizationId }
  return rule
})
