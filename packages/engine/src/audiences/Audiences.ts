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
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer, Result } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { JobQueue } from "../jobs/JobQueue.ts"
import { paging } from "../pages/Paging.ts"
import { enqueueRefresh } from "../refreshes/EnqueueRefresh.ts"
import { compileRules } from "../rules/RuleCompiler.ts"
import { SettingsRepo } from "../settings/SettingsRepo.ts"
import { AudienceRepo } from "./AudienceRepo.ts"
import { makeAudience } from "./NewAudience.ts"

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
