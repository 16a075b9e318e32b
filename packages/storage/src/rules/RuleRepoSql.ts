import type { Actor } from "@audiences/domain/Actor"
import { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type Rule, type RuleId, RuleNotFound } from "@audiences/domain/Rule"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { AudienceTypeMismatch } from "@audiences/engine/audiences/AudienceRepo"
import { RuleRepo } from "@audiences/engine/rules/RuleRepo"
import { type DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { lockAudience } from "../audiences/LockedAudience.ts"
import { audit } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { readRules, auditedRule } from "./RuleRow.ts"
import { deleteRules, insertRules, raiseRevision } from "./RuleWrites.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const readAll = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
    const rules = yield* readRules(sql, organizationId, sql`r.audience_id = ${audienceId}::uuid`)
    if (rules.length > 0) return rules
    const found = yield* sql`
      SELECT 1 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
    return found.length > 0 ? rules : yield* new AudienceNotFound()
  })

  const find = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId, id: RuleId) {
    const rule = (yield* readAll(organizationId, audienceId)).find((each) => each.id === id.toLowerCase())
    return rule ?? (yield* new RuleNotFound())
  })

  const auditRules = (
    actor: Actor,
    now: DateTime.Utc,
    audienceId: AudienceId,
    action: "rules.create" | "rules.remove" | "rules.replace" | "rules.update",
    from: ReadonlyArray<Rule>,
    to: ReadonlyArray<Rule>
  ) =>
    audit(sql, actor, now, {
      action,
      subjectType: "audience",
      subjectId: audienceId,
      changes: { from: from.map(auditedRule), to: to.map(auditedRule) }
    })

  const list = Effect.fn("RuleRepo.list")(readAll, Effect.catchTag("SqlError", Effect.die))

  const get = Effect.fn("RuleRepo.get")(find, Effect.catchTag("SqlError", Effect.die))

  const insert = Effect.fn("RuleRepo.insert")(
    function* (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      rules: ReadonlyArray<Rule>,
      place: "beside" | "instead",
      accept: (rules: ReadonlyArray<Rule>) => Effect.Effect<void, ValidationError>
    ) {
      const { type, archived } = yield* lockAudience(sql, actor.organizationId, audienceId)
      if (type !== "DYNAMIC") return yield* new AudienceTypeMismatch({ type })
      if (archived) return yield* new AudienceArchived()
      const before = place === "instead" ? yield* readAll(actor.organizationId, audienceId) : []
      if (place === "instead") yield* deleteRules(sql, actor.organizationId, audienceId, null)
      yield* insertRules(sql, rules)
      const all = yield* readAll(actor.organizationId, audienceId)
      yield* accept(all)
      yield* auditRules(actor, now, audienceId, place === "instead" ? "rules.replace" : "rules.create", before, rules)
      yield* raiseRevision(sql, actor, now, audienceId)
      return all
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const update = Effect.fn("RuleRepo.update")(
    function* (
      actor: Actor,
      now: DateTime.Utc,
      audienceId: AudienceId,
      id: RuleId,
      change: (rule: Rule) => Effect.Effect<Rule, ValidationError>
    ) {
      const { archived } = yield* lockAudience(sql, actor.organizationId, audienceId)
      const stored = yield* find(actor.organizationId, audienceId, id)
      const rule = yield* change(stored)
      if (archived) return yield* new AudienceArchived()
      yield* sql`
      UPDATE audience_rules SET
        field = ${rule.field}, operator = ${rule.operator}, "values" = ${JSON.stringify(rule.values)}::text::jsonb,
        group_id = ${rule.groupId ?? null}::uuid, position = ${rule.position ?? null}::float8
      WHERE organization_id = ${actor.organizationId}::uuid AND audience_id = ${audienceId}::uuid AND id = ${id}::uuid`
      yield* auditRules(actor, now, audienceId, "rules.update", [stored], [rule])
      yield* raiseRevision(sql, actor, now, audienceId)
      return yield* find(actor.organizationId, audienceId, id)
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const remove = Effect.fn("RuleRepo.remove")(
    function* (actor: Actor, now: DateTime.Utc, audienceId: AudienceId, id: RuleId) {
      const { archived } = yield* lockAudience(sql, actor.organizationId, audienceId)
      const rule = yield* find(actor.organizationId, audienceId, id)
      if (archived) return yield* new AudienceArchived()
      yield* deleteRules(sql, actor.organizationId, audienceId, id)
      yield* auditRules(actor, now, audienceId, "rules.remove", [rule], [])
      yield* raiseRevision(sql, actor, now, audienceId)
      return rule
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  return RuleRepo.of({ list, get, insert, update, remove })
})

export const RuleRepoSql = Layer.effect(RuleRepo, make)
