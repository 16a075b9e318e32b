import { ApiKeyId } from "@audiences/domain/ApiKey"
import { OrganizationId } from "@audiences/domain/Organization"
import {
  type NewApiKey,
  type OrganizationPair,
  OrganizationRepo
} from "@audiences/engine/organizations/OrganizationRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"

const KeyHolderRow = Schema.Struct({
  id: ApiKeyId,
  organizationId: OrganizationId,
  revoked: Schema.Boolean,
  active: Schema.Boolean
})
const Emptiness = Schema.Struct({ isEmpty: Schema.Boolean })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const emptiness = SqlSchema.findOne({
    Request: Schema.Void,
    Result: Emptiness,
    execute: () => sql`SELECT NOT EXISTS (SELECT 1 FROM organizations) AS is_empty`
  })

  const keyHolder = SqlSchema.findOneOption({
    Request: Schema.Uint8Array,
    Result: KeyHolderRow,
    execute: (hash) => sql`
      SELECT k.id, k.organization_id, k.revoked_at IS NOT NULL AS revoked, o.active
      FROM api_keys k JOIN organizations o ON o.id = k.organization_id
      WHERE k.hash = ${hash}::bytea`
  })

  const insert = Effect.fnUntraced(function* (now: DateTime.Utc, { live, test }: OrganizationPair, key: NewApiKey) {
    const at = DateTime.formatIso(now)
    yield* sql`
      INSERT INTO organizations (id, name, mode, live_id, upload_secret, created_at) VALUES
      (${live.id}::uuid, ${live.name}, 'live', NULL, ${live.uploadSecret}::bytea, ${at}::text::timestamptz),
      (${test.id}::uuid, ${test.name}, 'test', ${live.id}::uuid, ${test.uploadSecret}::bytea, ${at}::text::timestamptz)`
    yield* sql`
      INSERT INTO api_keys (hash, organization_id, id, name, created_at) VALUES
      (${key.hash}::bytea, ${key.mode === "live" ? live.id : test.id}::uuid, ${key.id}::uuid, ${key.name}, ${at}::text::timestamptz)`
  })

  const isEmpty = emptiness().pipe(
    Effect.orDie,
    Effect.map((row) => row.isEmpty),
    Effect.withSpan("OrganizationRepo.isEmpty")
  )

  const create = Effect.fn("OrganizationRepo.create")(insert, sql.withTransaction, Effect.orDie)

  const createFirst = Effect.fn("OrganizationRepo.createFirst")(
    function* (now: DateTime.Utc, pair: OrganizationPair, key: NewApiKey) {
      // Whoever comes second waits here, and then sees what the first one made.
      yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('organizations', 0))`
      if (!(yield* emptiness()).isEmpty) return false
      yield* insert(now, pair, key)
      return true
    },
    sql.withTransaction,
    Effect.orDie
  )

  const findKey = Effect.fn("OrganizationRepo.findKey")(function* (hash: Uint8Array) {
    return yield* keyHolder(hash)
  }, Effect.orDie)

  return OrganizationRepo.of({ isEmpty, create, createFirst, findKey })
})

export const OrganizationRepoSql = Layer.effect(OrganizationRepo, make)
