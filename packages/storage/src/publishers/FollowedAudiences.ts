import { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import {
  type AskedField,
  boundariesOf,
  type Boundary,
  boundaryKey,
  fieldsOf
} from "@audiences/engine/rules/ConditionFields"
import { compilePredicate, type ConsumerPredicate } from "@audiences/engine/rules/ConsumerPredicate"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { Effect, Result, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { readRules } from "../rules/RuleRow.ts"

/** A live DYNAMIC audience whose membership is what its present rules say. */
export interface FollowedAudience {
  readonly id: AudienceId
  readonly revision: number
  readonly predicate: ConsumerPredicate
  readonly fields: ReadonlySet<AskedField>
  readonly boundaries: ReadonlyMap<string, Boundary>
}

/** The compiled audiences of the organizations that were followed last, each by its id. */
export type CompiledAudiences = Map<OrganizationId, ReadonlyMap<AudienceId, FollowedAudience>>

/** Organizations whose audiences stay compiled; the one that was followed longest ago goes first. */
const mostOrganizations = 200

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ id: AudienceId, revision: Schema.Finite })))

const compile = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  revisions: ReadonlyMap<AudienceId, number>
) {
  if (revisions.size === 0) return []
  const rules = Map.groupBy(
    yield* readRules(sql, organizationId, sql`r.audience_id = ANY(${[...revisions.keys()]}::uuid[])`),
    (rule) => rule.audienceId
  )
  const compiled: Array<FollowedAudience> = []
  for (const [id, revision] of revisions) {
    const condition = compileRules(rules.get(id) ?? [])
    // Rules that do not compile are refused when they are written; should some be there, the others are followed all the same.
    if (Result.isFailure(condition)) {
      yield* Effect.logError("The rules of an audience do not compile: it is not followed", condition.failure).pipe(
        Effect.annotateLogs({ organizationId, audienceId: id })
      )
      continue
    }
    const boundaries = boundariesOf(condition.success)
    compiled.push({
      id,
      revision,
      predicate: compilePredicate(condition.success),
      fields: fieldsOf(condition.success),
      boundaries: new Map(boundaries.map((each) => [boundaryKey(each), each]))
    })
  }
  return compiled
})

/**
 * The audiences to follow. Not those whose rules changed: their evaluation is published later, and brought up to what is followed by
 * then. To be read under the publication lock.
 */
export const readFollowed = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  compiled: CompiledAudiences
) {
  const rows = yield* sql`
    SELECT id, rules_revision::float8 AS revision FROM audiences
    WHERE organization_id = ${organizationId}::uuid AND type = 'DYNAMIC' AND NOT archived AND evaluated_revision = rules_revision`
  const known = compiled.get(organizationId)
  const missing = new Map<AudienceId, number>()
  const audiences = new Map<AudienceId, FollowedAudience>()
  for (const { id, revision } of yield* Effect.orDie(decode(rows))) {
    const audience = known?.get(id)
    if (audience?.revision === revision) audiences.set(id, audience)
    else missing.set(id, revision)
  }
  // Rules that are read here may be newer than the revision: publishing requires that it is still the audience's.
  for (const audience of yield* compile(sql, organizationId, missing)) audiences.set(audience.id, audience)
  compiled.delete(organizationId)
  compiled.set(organizationId, audiences)
  if (compiled.size > mostOrganizations) compiled.delete(compiled.keys().next().value!)
  return [...audiences.values()]
})
