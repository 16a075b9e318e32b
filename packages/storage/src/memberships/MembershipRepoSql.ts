import type { Actor } from "@audiences/domain/Actor"
import { AudienceArchived, AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { type ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { AudienceTypeMismatch } from "@audiences/engine/audiences/AudienceRepo"
import { blockOf, offsetOf } from "@audiences/engine/memberships/Block"
import type { MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import {
  ConsumersUnknown,
  type EvaluationToPublish,
  MembershipRepo,
  type SegmentToPublish
} from "@audiences/engine/memberships/MembershipRepo"
import { type DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { audienceColumns, decodeAudiences } from "../audiences/AudienceRow.ts"
import { lockAudience } from "../audiences/LockedAudience.ts"
import { audit, firstIds } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { publishEvaluation, publishTogether } from "./EvaluationPublication.ts"
import { readMembers } from "./MemberPages.ts"
import { readStatus } from "./MembershipStatus.ts"
import { addStaticMembers, removeStaticMembers } from "./StaticMembers.ts"

const decodeCounts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ count: Schema.Finite })))
const decodeConsumers = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      id: Schema.String,
      ordinal: Schema.Finite,
      archived: Schema.Boolean
    })
  )
)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const count = Effect.fn("MembershipRepo.count")(
    function* (organizationId: OrganizationId, audienceId: AudienceId) {
      const rows = yield* sql`
      SELECT member_count::float8 AS count FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
      const [row] = yield* Effect.orDie(decodeCounts(rows))
      return row === undefined ? yield* new AudienceNotFound() : row.count
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  const status = Effect.fn("MembershipRepo.status")(
    (organizationId: OrganizationId, audienceId: AudienceId, now: DateTime.Utc) =>
      readStatus(sql, organizationId, audienceId, now),
    Effect.catchTag("SqlError", Effect.die)
  )

  const list = Effect.fn("MembershipRepo.list")(
    function* (organizationId: OrganizationId, audienceId: AudienceId, request: MemberRequest) {
      yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
      return yield* readMembers(sql, organizationId, audienceId, request)
    },
    sql.withTransaction,
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  /** The consumers of some ids. Locks them: none is archived before the transaction ends. */
  const lockConsumers = Effect.fnUntraced(function* (organizationId: OrganizationId, ids: ReadonlyArray<string>) {
    const rows = yield* sql`
      SELECT id, ordinal, archived FROM consumers
      WHERE organization_id = ${organizationId}::uuid AND id = ANY(${ids}::uuid[]) ORDER BY id FOR SHARE`
    return new Map((yield* Effect.orDie(decodeConsumers(rows))).map((consumer) => [consumer.id, consumer]))
  })

  /** The ordinals of consumers that are named for a STATIC_LIST, which stays locked. */
  const lockNamed = Effect.fnUntraced(function* (
    { organizationId }: Actor,
    audienceId: AudienceId,
    consumerIds: ReadonlyArray<string>,
    acceptsArchived: boolean
  ) {
    const ids = consumerIds.map((id) => id.toLowerCase())
    const consumers = yield* lockConsumers(organizationId, [...new Set(ids)])
    const { type, archived } = yield* lockAudience(sql, organizationId, audienceId)
    if (type !== "STATIC_LIST") return yield* new AudienceTypeMismatch({ type })
    if (archived) return yield* new AudienceArchived()
    const isKnown = (id: string) => {
      const consumer = consumers.get(id)
      return consumer !== undefined && (acceptsArchived || !consumer.archived)
    }
    const indexes = ids.flatMap((id, index) => (isKnown(id) ? [] : [index]))
    if (indexes.length > 0) return yield* new ConsumersUnknown({ indexes })
    return Array.from(consumers.values(), ({ ordinal }) => ordinal)
  })

  const auditMembers = (
    actor: Actor,
    now: DateTime.Utc,
    audienceId: AudienceId,
    action: "members.add" | "members.remove",
    { named, ...count }: { readonly named: ReadonlyArray<string>; readonly added?: number; readonly removed?: number }
  ) =>
    audit(sql, actor, now, {
      action,
      subjectType: "audience",
      subjectId: audienceId,
      changes: { ...count, named: named.length, consumerIds: firstIds(named) }
    })

  const add = Effect.fn("MembershipRepo.add")(
    function* (actor: Actor, now: DateTime.Utc, audienceId: AudienceId, consumerIds: ReadonlyArray<string>) {
      const { organizationId } = actor
      const ordinals = yield* lockNamed(actor, audienceId, consumerIds, false)
      const added = yield* addStaticMembers(sql, {
        organizationId,
        audienceId,
        ordinals,
        source: "manual",
        cause: "manual",
        now
      })
      if (added > 0) yield* auditMembers(actor, now, audienceId, "members.add", { added, named: consumerIds })
      return added
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const remove = Effect.fn("MembershipRepo.remove")(
    function* (actor: Actor, now: DateTime.Utc, audienceId: AudienceId, consumerIds: ReadonlyArray<string>) {
      const { organizationId } = actor
      const ordinals = yield* lockNamed(actor, audienceId, consumerIds, true)
      const removed = yield* removeStaticMembers(sql, { organizationId, audienceId, ordinals, cause: "manual", now })
      if (removed > 0) yield* auditMembers(actor, now, audienceId, "members.remove", { removed, named: consumerIds })
      return removed
    },
    contended(sql),
    Effect.catchTag("SqlError", Effect.die)
  )

  const ofConsumer = Effect.fn("MembershipRepo.ofConsumer")(
    function* (organizationId: OrganizationId, consumerId: ConsumerId) {
      const found = yield* sql`
      SELECT id, ordinal, archived FROM consumers WHERE organization_id = ${organizationId}::uuid AND id = ${consumerId}::uuid`
      const [consumer] = yield* Effect.orDie(decodeConsumers(found))
      if (consumer === undefined) return yield* new ConsumerNotFound()
      const rows = yield* sql`
      SELECT ${audienceColumns(sql)} FROM audience_blocks b
      JOIN audiences a ON a.organization_id = b.organization_id AND a.id = b.audience_id
      WHERE b.organization_id = ${organizationId}::uuid AND b.block = ${blockOf(consumer.ordinal)}::int AND NOT a.archived
        AND get_bit(b.bits, ${offsetOf(consumer.ordinal)}::int) = 1
      ORDER BY a.name_folded, a.id`
      return yield* Effect.orDie(decodeAudiences(rows))
    },
    Effect.catchTag("SqlError", Effect.die)
  )

  return MembershipRepo.of({
    count,
    status,
    list,
    add,
    remove,
    ofConsumer,
    publish: Effect.fn("MembershipRepo.publish")(
      (organizationId: OrganizationId, audienceId: AudienceId, evaluated: EvaluationToPublish) =>
        publishEvaluation(sql, organizationId, audienceId, evaluated),
      contended(sql),
      Effect.orDie
    ),
    publishTogether: Effect.fn("MembershipRepo.publishTogether")(
      (organizationId: OrganizationId, segments: ReadonlyArray<SegmentToPublish>) =>
        publishTogether(sql, organizationId, segments),
      contended(sql),
      Effect.orDie
    )
  })
})

export const MembershipRepoSql = Layer.effect(MembershipRepo, make)
