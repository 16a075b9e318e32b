import { ConsumerId } from "@audiences/domain/Consumer"
import { fold } from "@audiences/domain/Fold"
import type { PersonNamed } from "@audiences/domain/MemberCheck"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type FoundPerson, GateRepo } from "@audiences/engine/gate/GateRepo"
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { readPublished } from "./PublishedMemberships.ts"

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeIds = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ ids: Schema.Uint8Array, ordinals: Schema.Uint8Array })])
)
const decodePeople = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ consumerId: Schema.NullOr(ConsumerId), ordinal: Schema.NullOr(Schema.Finite) }))
)

/** As they are compared. */
const foldedName = ({ consumerId, email, externalId, phone }: PersonNamed) => ({
  consumer_id: consumerId,
  email: email === undefined ? undefined : fold(email),
  phone,
  external_id: externalId === undefined ? undefined : fold(externalId)
})

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const findOrdinal = Effect.fn("GateRepo.findOrdinal")(function* (organizationId: OrganizationId, id: ConsumerId) {
    const rows = yield* sql`
      SELECT ordinal FROM consumers WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
    return Option.map(Option.fromUndefinedOr((yield* decodeOrdinals(rows))[0]), ({ ordinal }) => ordinal)
  }, Effect.orDie)

  const findPeople = Effect.fn("GateRepo.findPeople")(function* (
    organizationId: OrganizationId,
    people: ReadonlyArray<PersonNamed>
  ) {
    const rows = yield* sql`
      SELECT c.id AS consumer_id, c.ordinal
      FROM jsonb_to_recordset(${JSON.stringify(people.map((person, n) => ({ n, ...foldedName(person) })))}::text::jsonb)
        AS named (n int, consumer_id uuid, email text, phone text, external_id text)
      LEFT JOIN LATERAL (
        SELECT id, ordinal FROM consumers WHERE organization_id = ${organizationId}::uuid AND id = named.consumer_id
        UNION ALL
        SELECT id, ordinal FROM consumers
        WHERE organization_id = ${organizationId}::uuid AND NOT archived AND email_folded = named.email COLLATE "C"
        UNION ALL
        SELECT id, ordinal FROM consumers
        WHERE organization_id = ${organizationId}::uuid AND NOT archived AND phone = named.phone COLLATE "C"
        UNION ALL
        SELECT id, ordinal FROM consumers
        WHERE organization_id = ${organizationId}::uuid AND NOT archived AND primary_external_id_folded = named.external_id COLLATE "C"
      ) AS c ON true
      ORDER BY named.n`
    return (yield* decodePeople(rows)).map(({ consumerId, ordinal }): FoundPerson | null =>
      consumerId === null || ordinal === null ? null : { consumerId, ordinal }
    )
  }, Effect.orDie)

  const consumersAfter = Effect.fn("GateRepo.consumersAfter")(function* (
    organizationId: OrganizationId,
    after: number,
    limit: number
  ) {
    const rows = yield* sql`
      SELECT coalesce(string_agg(uuid_send(id), ''::bytea ORDER BY ordinal), ''::bytea) AS ids,
        coalesce(string_agg(int4send(ordinal), ''::bytea ORDER BY ordinal), ''::bytea) AS ordinals
      FROM (
        SELECT id, ordinal FROM consumers
        WHERE organization_id = ${organizationId}::uuid AND ordinal > ${after}::int ORDER BY ordinal LIMIT ${limit}::int
      ) AS next`
    const [consumers] = yield* decodeIds(rows)
    return consumers
  }, Effect.orDie)

  return GateRepo.of({
    read: Effect.fn("GateRepo.read")((known, now) => readPublished(sql, known, now), Effect.orDie),
    findOrdinal,
    findPeople,
    consumersAfter
  })
})

export const GateRepoSql = Layer.effect(GateRepo, make)
