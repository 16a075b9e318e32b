import { AudienceNotFound, AudienceType } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { type ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { ExplanationRepo, type MembershipFacts } from "@audiences/engine/explanations/ExplanationRepo"
import { blockOf, offsetOf } from "@audiences/engine/memberships/Block"
import { type DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { consumerColumns, consumerOf, ConsumerRow } from "../consumers/ConsumerRow.ts"
import { readPublished } from "../gate/PublishedMemberships.ts"
import { readRules } from "../rules/RuleRow.ts"
import { readSince } from "./MemberHistory.ts"

const decodeAudience = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ type: AudienceType, version: Schema.Finite }))
)
const decodeConsumers = Schema.decodeUnknownEffect(Schema.Array(ConsumerRow))
const decodeSide = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ isMember: Schema.Boolean })]))
const decodeChosen = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ source: Schema.String, since: Schema.DateTimeUtcFromDate }))
)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const read = Effect.fnUntraced(function* (
    organizationId: OrganizationId,
    audienceId: AudienceId,
    consumerId: ConsumerId,
    now: DateTime.Utc
  ) {
    yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
    const [audience] = yield* decodeAudience(
      yield* sql`
      SELECT type, version::float8 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
    )
    if (audience === undefined) return yield* new AudienceNotFound()
    const [row] = yield* decodeConsumers(
      yield* sql`
      SELECT ${consumerColumns(sql)} FROM consumers c WHERE c.organization_id = ${organizationId}::uuid AND c.id = ${consumerId}::uuid`
    )
    if (row === undefined) return yield* new ConsumerNotFound()
    const [published] = yield* readPublished(sql, [{ organizationId, audienceId, version: audience.version }], now)
    const place = sql`organization_id = ${organizationId}::uuid AND audience_id = ${audienceId}::uuid`
    const [{ isMember }] = yield* decodeSide(
      yield* sql`
      SELECT EXISTS (
        SELECT FROM audience_blocks
        WHERE ${place} AND block = ${blockOf(row.ordinal)}::int AND get_bit(bits, ${offsetOf(row.ordinal)}::int) = 1
      ) AS is_member`
    )
    const [chosen] = yield* decodeChosen(
      yield* sql`SELECT source, since FROM static_members WHERE ${place} AND ordinal = ${row.ordinal}::int`
    )
    const facts: MembershipFacts = {
      type: audience.type,
      published: published!,
      rules: yield* readRules(sql, organizationId, sql`r.audience_id = ${audienceId}::uuid`),
      consumer: consumerOf(row),
      isMember,
      since: yield* readSince(sql, organizationId, audienceId, row.ordinal),
      chosen: chosen ?? null
    }
    return facts
  })

  return ExplanationRepo.of({
    facts: Effect.fn("ExplanationRepo.facts")(
      read,
      sql.withTransaction,
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    )
  })
})

export const ExplanationRepoSql = Layer.effect(ExplanationRepo, make)
