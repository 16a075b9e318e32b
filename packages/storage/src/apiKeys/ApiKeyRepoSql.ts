import type { Actor } from "@audiences/domain/Actor"
import { ApiKeyId, ApiKeyNotFound, ApiKeyRevoked, KeyMode, LastApiKey } from "@audiences/domain/ApiKey"
import { OrganizationId } from "@audiences/domain/Organization"
import { ApiKeyRepo, ModeOutOfReach } from "@audiences/engine/apiKeys/ApiKeyRepo"
import type { NewApiKey } from "@audiences/engine/apiKeys/NewApiKey"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { audit } from "../audit/Audit.ts"
import { readSlice } from "../pages/Keyset.ts"
import { apiKeyColumns, ApiKeyRow, insertApiKey } from "./ApiKeyRow.ts"

const decodeKeys = Schema.decodeUnknownEffect(Schema.Array(ApiKeyRow))
const decodeOrganizations = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ id: OrganizationId, mode: KeyMode }))
)
const decodeOthers = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ others: Schema.Finite })]))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const withinReach = (organizationId: OrganizationId) =>
    sql`(o.id = ${organizationId}::uuid OR o.live_id = ${organizationId}::uuid)`

  const read = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ApiKeyId) {
    const rows = yield* sql`
      SELECT ${apiKeyColumns(sql)} FROM api_keys k JOIN organizations o ON o.id = k.organization_id
      WHERE ${withinReach(organizationId)} AND k.id = ${id}::uuid`
    const [key] = yield* decodeKeys(rows)
    return key ?? (yield* new ApiKeyNotFound())
  })

  /** Changes of the keys of one organization come one after the other: together they must not leave it without any. */
  const lockKeys = Effect.fnUntraced(function* (actor: Actor, id: ApiKeyId) {
    const { organizationId } = yield* read(actor.organizationId, id)
    yield* sql`SELECT 1 FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
    return yield* read(actor.organizationId, id)
  })

  const list = Effect.fn("ApiKeyRepo.list")((organizationId: OrganizationId, request: PageRequest<"createdAt">) =>
    readSlice(
      sql,
      {
        columns: apiKeyColumns(sql),
        from: sql`api_keys k JOIN organizations o ON o.id = k.organization_id`,
        where: withinReach(organizationId),
        key: { expression: sql`k.created_at`, kind: "instant", nullable: false },
        id: sql`k.id`,
        row: ApiKeyRow
      },
      request
    )
  )

  const modeOf = Effect.fn("ApiKeyRepo.modeOf")(function* (organizationId: OrganizationId) {
    const rows = yield* sql`SELECT id, mode FROM organizations WHERE id = ${organizationId}::uuid`
    return (yield* decodeOrganizations(rows))[0]!.mode
  }, Effect.orDie)

  const insert = Effect.fnUntraced(function* (actor: Actor, now: DateTime.Utc, key: NewApiKey) {
    const rows = yield* sql`
      SELECT o.id, o.mode FROM organizations o WHERE ${withinReach(actor.organizationId)} AND o.mode = ${key.mode}`
    const [organization] = yield* decodeOrganizations(rows)
    if (organization === undefined) return yield* new ModeOutOfReach()
    yield* insertApiKey(sql, organization.id, key, now, actor.name)
  })

  const create = Effect.fn("ApiKeyRepo.create")(
    function* (actor: Actor, now: DateTime.Utc, key: NewApiKey) {
      yield* insert(actor, now, key)
      yield* audit(sql, actor, now, {
        action: "apiKeys.create",
        subjectType: "apiKey",
        subjectId: key.id,
        changes: { name: key.name, mode: key.mode }
      })
      return yield* Effect.orDie(read(actor.organizationId, key.id))
    },
    sql.withTransaction,
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const rotate = Effect.fn("ApiKeyRepo.rotate")(
    function* (
      actor: Actor,
      now: DateTime.Utc,
      id: ApiKeyId,
      until: DateTime.Utc,
      makeKey: (name: string, mode: KeyMode) => Effect.Effect<NewApiKey>
    ) {
      const old = yield* lockKeys(actor, id)
      if (old.revokedAt !== null || old.expiresAt !== null) return yield* new ApiKeyRevoked()
      const key = yield* makeKey(old.name, old.mode)
      yield* Effect.orDie(insert(actor, now, key))
      yield* sql`
        UPDATE api_keys SET expires_at = ${DateTime.formatIso(until)}::text::timestamptz
        WHERE organization_id = ${old.organizationId}::uuid AND id = ${id}::uuid`
      yield* audit(sql, actor, now, {
        action: "apiKeys.rotate",
        subjectType: "apiKey",
        subjectId: id,
        changes: { replacedBy: key.id, expiresAt: DateTime.formatIso(until) }
      })
      return yield* Effect.orDie(read(actor.organizationId, key.id))
    },
    sql.withTransaction,
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const revoke = Effect.fn("ApiKeyRepo.revoke")(
    function* (actor: Actor, now: DateTime.Utc, id: ApiKeyId) {
      const key = yield* lockKeys(actor, id)
      if (key.revokedAt !== null) return key
      const [{ others }] = yield* decodeOthers(
        yield* sql`
        SELECT count(*)::float8 AS others FROM api_keys
        WHERE organization_id = ${key.organizationId}::uuid AND id <> ${id}::uuid AND revoked_at IS NULL AND expires_at IS NULL`
      )
      // Keys of the test sibling can be made anew with a live one; one that is replaced already is missed by nobody.
      if (key.mode === "live" && key.expiresAt === null && others === 0) return yield* new LastApiKey()
      yield* sql`
        UPDATE api_keys SET revoked_at = ${DateTime.formatIso(now)}::text::timestamptz, revoked_by = ${actor.name}
        WHERE organization_id = ${key.organizationId}::uuid AND id = ${id}::uuid`
      yield* audit(sql, actor, now, { action: "apiKeys.revoke", subjectType: "apiKey", subjectId: id })
      return { ...key, revokedAt: now, revokedBy: actor.name }
    },
    sql.withTransaction,
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  return ApiKeyRepo.of({ list, modeOf, create, rotate, revoke })
})

export const ApiKeyRepoSql = Layer.effect(ApiKeyRepo, make)
