import type { Actor } from "@audiences/domain/Actor"
import {
  type Audience,
  AudienceArchived,
  AudienceNotFound,
  type AudienceSort,
  type AudienceType
} from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Rule } from "@audiences/domain/Rule"
import type { SyncSource } from "@audiences/domain/SyncSource"
import {
  type AudienceFilter,
  type AudiencePatch,
  AudienceRepo,
  AudienceTypeMismatch
} from "@audiences/engine/audiences/AudienceRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { type DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { audit, differences } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { auditedRule } from "../rules/RuleRow.ts"
import { insertRules } from "../rules/RuleWrites.ts"
import { listAudiences } from "./AudienceList.ts"
import { audienceColumns, decodeAudiences } from "./AudienceRow.ts"
import { insertAudience, insertSyncSource, updateAudience } from "./AudienceWrites.ts"
import { fullAudiences } from "./FullAudiences.ts"
import { lockAudience } from "./LockedAudience.ts"
import { dueRefresh, raiseRequested, refreshFailed, segmentRefreshes, takeDue } from "./RefreshRequests.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const find = Effect.fnUntraced(function* (organizationId: OrganizationId, id: AudienceId) {
    const rows = yield* sql`
      SELECT ${audienceColumns(sql)} FROM audiences a
      WHERE a.organization_id = ${organizationId}::uuid AND a.id = ${id}::uuid`
    const [audience] = yield* Effect.orDie(decodeAudiences(rows))
    return audience ?? (yield* new AudienceNotFound())
  })

  const insert = Effect.fn("AudienceRepo.insert")(
    function* (audience: Audience, rules: ReadonlyArray<Rule>, syncSource: SyncSource | null) {
      if (syncSource !== null) yield* insertSyncSource(sql, syncSource)
      yield* insertAudience(sql, audience)
      yield* insertRules(sql, rules)
      const { createdAt, createdBy, id, name, organizationId, type } = audience
      yield* audit(sql, { organizationId, name: createdBy }, createdAt, {
        action: "audiences.create",
        subjectType: "audience",
        subjectId: id,
        changes: { name, type, ...(rules.length === 0 ? {} : { rules: rules.map(auditedRule) }) }
      })
    },
    sql.withTransaction,
    Effect.orDie
  )

  const get = Effect.fn("AudienceRepo.get")(
    function* (organizationId: OrganizationId, id: AudienceId) {
      const [audience] = yield* fullAudiences(sql, organizationId, [yield* find(organizationId, id)])
      return audience!
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const list = Effect.fn("AudienceRepo.list")(function* (
    organizationId: OrganizationId,
    filter: AudienceFilter,
    request: PageRequest<AudienceSort>
  ) {
    const slice = yield* listAudiences(sql, organizationId, filter, request)
    return { ...slice, data: yield* fullAudiences(sql, organizationId, slice.data) }
  })

  const update = Effect.fn("AudienceRepo.update")(
    function* (actor: Actor, now: DateTime.Utc, id: AudienceId, patch: AudiencePatch, type: AudienceType | undefined) {
      const stored = yield* lockAudience(sql, actor.organizationId, id)
      if (type !== undefined && type !== stored.type) return yield* new AudienceTypeMismatch({ type: stored.type })
      if (stored.archived) return yield* new AudienceArchived()
      const audience = yield* find(actor.organizationId, id)
      const changed = { ...audience, ...patch, updatedAt: now, updatedBy: actor.name }
      yield* audit(sql, actor, now, {
        action: "audiences.update",
        subjectType: "audience",
        subjectId: id,
        changes: differences(audience, changed, Object.keys(patch) as Array<keyof AudiencePatch>)
      })
      return yield* updateAudience(sql, changed)
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const archive = Effect.fn("AudienceRepo.archive")(
    function* (actor: Actor, now: DateTime.Utc, id: AudienceId) {
      yield* lockAudience(sql, actor.organizationId, id)
      const audience = yield* find(actor.organizationId, id)
      if (audience.archived) return audience
      yield* audit(sql, actor, now, { action: "audiences.archive", subjectType: "audience", subjectId: id })
      return yield* updateAudience(sql, { ...audience, archived: true, updatedAt: now, updatedBy: actor.name })
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const requestRefresh = Effect.fn("AudienceRepo.requestRefresh")(
    function* (actor: Actor, now: DateTime.Utc, id: AudienceId) {
      const { type, archived } = yield* lockAudience(sql, actor.organizationId, id)
      if (type !== "DYNAMIC") return yield* new AudienceTypeMismatch({ type })
      if (archived) return yield* new AudienceArchived()
      yield* raiseRequested(sql, actor.organizationId, id)
      yield* audit(sql, actor, now, { action: "audiences.refresh", subjectType: "audience", subjectId: id })
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  return AudienceRepo.of({
    insert,
    get,
    list,
    update,
    archive,
    requestRefresh,
    dueRefresh: Effect.fn("AudienceRepo.dueRefresh")((organizationId, id) => dueRefresh(sql, organizationId, id)),
    segmentRefreshes: Effect.fn("AudienceRepo.segmentRefreshes")((organizationId, id) =>
      segmentRefreshes(sql, organizationId, id)
    ),
    refreshFailed: Effect.fn("AudienceRepo.refreshFailed")((organizationId, id, now) =>
      refreshFailed(sql, organizationId, id, now)
    ),
    takeDue: Effect.fn("AudienceRepo.takeDue")((now) => takeDue(sql, now))
  })
})

export const AudienceRepoSql = Layer.effect(AudienceRepo, make)
