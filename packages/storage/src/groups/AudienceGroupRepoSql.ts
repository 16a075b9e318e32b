import type { Actor } from "@audiences/domain/Actor"
import { type AudienceGroupId, AudienceGroupNotFound } from "@audiences/domain/AudienceGroup"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { OrganizationId } from "@audiences/domain/Organization"
import { AudienceGroupRepo } from "@audiences/engine/groups/AudienceGroupRepo"
import type { MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import { type DateTime, Effect, Layer } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { audienceColumns, decodeAudiences } from "../audiences/AudienceRow.ts"
import { updateAudience } from "../audiences/AudienceWrites.ts"
import { fullAudiences } from "../audiences/FullAudiences.ts"
import { audit } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { readGroupMembers } from "./GroupMembers.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** The live ones, else the archived ones. */
  const audiencesOf = Effect.fnUntraced(function* (
    organizationId: OrganizationId,
    groupId: AudienceGroupId,
    order: Statement.Fragment
  ) {
    const rows = yield* sql`
      SELECT ${audienceColumns(sql)} FROM audiences a
      WHERE a.organization_id = ${organizationId}::uuid AND a.group_id = ${groupId}::uuid ${order}`
    const audiences = yield* Effect.orDie(decodeAudiences(rows))
    if (audiences.length === 0) return yield* new AudienceGroupNotFound()
    const live = audiences.filter(({ archived }) => !archived)
    return live.length > 0 ? live : audiences
  })

  const get = Effect.fn("AudienceGroupRepo.get")(
    function* (organizationId: OrganizationId, groupId: AudienceGroupId) {
      const audiences = yield* audiencesOf(organizationId, groupId, sql`ORDER BY a.created_at, a.id`)
      return yield* fullAudiences(sql, organizationId, audiences)
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const members = Effect.fn("AudienceGroupRepo.members")(
    function* (
      organizationId: OrganizationId,
      groupId: AudienceGroupId,
      audienceId: AudienceId | undefined,
      request: MemberRequest
    ) {
      yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
      return yield* readGroupMembers(sql, organizationId, groupId, audienceId, request)
    },
    sql.withTransaction,
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const archive = Effect.fn("AudienceGroupRepo.archive")(
    function* (actor: Actor, now: DateTime.Utc, groupId: AudienceGroupId) {
      const audiences = yield* audiencesOf(actor.organizationId, groupId, sql`ORDER BY a.id FOR NO KEY UPDATE`)
      const live = audiences.filter(({ archived }) => !archived)
      if (live.length > 0) {
        yield* audit(sql, actor, now, {
          action: "groups.archive",
          subjectType: "group",
          subjectId: groupId,
          changes: { audienceIds: live.map(({ id }) => id) }
        })
      }
      return yield* Effect.forEach(audiences, (audience) =>
        audience.archived
          ? Effect.succeed(audience)
          : updateAudience(sql, { ...audience, archived: true, updatedAt: now, updatedBy: actor.name })
      )
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  return AudienceGroupRepo.of({ get, members, archive })
})

export const AudienceGroupRepoSql = Layer.effect(AudienceGroupRepo, make)
