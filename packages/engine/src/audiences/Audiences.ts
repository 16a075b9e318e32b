import type { Actor } from "@audiences/domain/Actor"
import type {
  Audience,
  AudienceArchived,
  AudienceCreate,
  AudienceFull,
  AudienceListQuery,
  AudienceNotFound,
  AudienceSort,
  AudienceUpdate
} from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import { type Rule, RuleId, type RuleLine } from "@audiences/domain/Rule"
import { type SyncSource, SyncSourceId, type SyncSourceInput } from "@audiences/domain/SyncSource"
import { Uuid } from "@audiences/domain/Uuid"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, type DateTime, Effect, Layer, Result } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { paging } from "../pages/Paging.ts"
import { enqueueRefresh } from "../refreshes/EnqueueRefresh.ts"
import { compileRules } from "../rules/RuleCompiler.ts"
import { SettingsRepo } from "../settings/SettingsRepo.ts"
import { AudienceRepo } from "./AudienceRepo.ts"

/** Everything one can do with the definitions of audiences, whoever asks. */
export class Audiences extends Context.Service<
  Audiences,
  {
    readonly create: (actor: Actor, input: AudienceCreate) => Effect.Effect<AudienceFull, ValidationError>
    readonly get: (organizationId: OrganizationId, id: AudienceId) => Effect.Effect<AudienceFull, AudienceNotFound>
    readonly list: (
      organizationId: OrganizationId,
      query: AudienceListQuery
    ) => Effect.Effect<Page<AudienceFull>, ValidationError>
    readonly update: (
      actor: Actor,
      id: AudienceId,
      input: AudienceUpdate
    ) => Effect.Effect<Audience, ValidationError | AudienceNotFound | AudienceArchived>
    readonly archive: (actor: Actor, id: AudienceId) => Effect.Effect<Audience, AudienceNotFound>
  }
>()("@audiences/engine/Audiences") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* AudienceRepo
      const clock = yield* DatabaseClock
      const queue = yield* JobQueue
      const settings = yield* SettingsRepo

      const withDefaults = (organizationId: OrganizationId, input: AudienceCreate) =>
        input.type !== "DYNAMIC" || input.refreshIntervalSeconds !== undefined
          ? Effect.succeed(input)
          : Effect.map(settings.get(organizationId), ({ defaultRefreshIntervalSeconds }) => ({
              ...input,
              refreshIntervalSeconds: defaultRefreshIntervalSeconds
            }))

      const create = Effect.fn("Audiences.create")(function* (actor: Actor, input: AudienceCreate) {
        const problems = creationProblems(input)
        if (problems.length > 0) return yield* refuse(input, problems)
        const made = yield* makeAudience(actor, yield* clock.now, yield* withDefaults(actor.organizationId, input))
        const { organizationId, id, type } = made.audience
        yield* repo.insert(made.audience, made.rules, made.syncSource)
        if (type === "DYNAMIC") yield* enqueueRefresh(queue, organizationId, id)
        return yield* Effect.orDie(repo.get(organizationId, id))
      })

      const list = Effect.fn("Audiences.list")(function* (organizationId: OrganizationId, query: AudienceListQuery) {
        return pages.page(query, yield* repo.list(organizationId, query, yield* pages.request(query)))
      })

      const update = Effect.fn("Audiences.update")(function* (actor: Actor, id: AudienceId, input: AudienceUpdate) {
        const { type, lastRefreshedAt: _, ...patch } = input
        return yield* repo
          .update(actor, yield* clock.now, id, patch, type)
          .pipe(
            Effect.catchTag("AudienceTypeMismatch", (mismatch) =>
              refuse(input, [
                { path: ["type"], message: "The type of an audience cannot change", expected: mismatch.type }
              ])
            )
          )
      })

      const archive = Effect.fn("Audiences.archive")(function* (actor: Actor, id: AudienceId) {
        return yield* repo.archive(actor, yield* clock.now, id)
      })

      return Audiences.of({ create, get: repo.get, list, update, archive })
    })
  )
}

const pages = paging<AudienceSort>("audiences", { createdAt: "instant", name: "text", lastRefreshedAt: "instant" })

const creationProblems = ({ type, rules, primarySyncSource }: AudienceCreate): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  if (type !== "DYNAMIC" && rules != null) {
    problems.push({ path: ["rules"], message: "Only a DYNAMIC audience has rules", expected: "no rules" })
  }
  if (type !== "SYNCED_LIST" && primarySyncSource != null) {
    problems.push({
      path: ["primarySyncSource"],
      message: "Only a SYNCED_LIST has a sync source",
      expected: "no sync source"
    })
  }
  const compiled = compileRules(rules ?? [])
  if (Result.isFailure(compiled)) {
    problems.push(...compiled.failure.map((problem) => ({ ...problem, path: ["rules", ...problem.path] })))
  }
  return problems
}

const makeAudience = Effect.fnUntraced(function* (actor: Actor, now: DateTime.Utc, input: AudienceCreate) {
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
  return { audience, rules, syncSource }
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
