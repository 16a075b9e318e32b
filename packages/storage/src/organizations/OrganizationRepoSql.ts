import type { Actor } from "@audiences/domain/Actor"
import { ApiKeyId } from "@audiences/domain/ApiKey"
import {
  Organization,
  OrganizationId,
  OrganizationNotFound,
  type OrganizationSort,
  type OrganizationUpdate
} from "@audiences/domain/Organization"
import type { NewApiKey } from "@audiences/engine/apiKeys/NewApiKey"
import { OperatorOnly, type OrganizationPair, OrganizationRepo } from "@audiences/engine/organizations/OrganizationRepo"
import type { PageRequest } from "@audiences/engine/pages/Paging"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { insertApiKey } from "../apiKeys/ApiKeyRow.ts"
import { audit, differences } from "../audit/Audit.ts"
import { readSlice, type SortKey } from "../pages/Keyset.ts"

const KeyHolderRow = Schema.Struct({
  id: ApiKeyId,
  organizationId: OrganizationId,
  revoked: Schema.Boolean,
  expiresAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
  active: Schema.Boolean
})
const OrganizationRow = Schema.Struct({ ...Organization.fields, createdAt: Schema.DateTimeUtcFromDate })
const decodeOrganizations = Schema.decodeUnknownEffect(Schema.Array(OrganizationRow))

/** What the founding organization alone changes. */
const operated = ["active", "rateLimitPerMinute", "gateRateLimitPerMinute"] as const

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = sql`
    o.id, o.name, o.mode, coalesce(o.live_id, (SELECT t.id FROM organizations t WHERE t.live_id = o.id)) AS sibling_id, o.active,
    o.rate_limit_per_minute, o.gate_rate_limit_per_minute, o.created_at`
  const visibleTo = (viewer: OrganizationId) => sql`
    (o.id = ${viewer}::uuid OR o.live_id = ${viewer}::uuid
      OR EXISTS (SELECT 1 FROM organizations f WHERE f.id = ${viewer}::uuid AND f.founding))`
  const isFounding = (id: OrganizationId) =>
    Effect.map(sql`SELECT 1 FROM organizations WHERE id = ${id}::uuid AND founding`, (rows) => rows.length > 0)

  const emptiness = Effect.map(sql`SELECT 1 FROM organizations LIMIT 1`, (rows) => rows.length === 0)

  const keyHolder = SqlSchema.findOneOption({
    Request: Schema.Uint8Array,
    Result: KeyHolderRow,
    execute: (hash) => sql`
      WITH used AS (
        UPDATE api_keys SET last_used_at = clock_timestamp()
        WHERE hash = ${hash}::bytea AND revoked_at IS NULL
          AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
      )
      SELECT k.id, k.organization_id, k.revoked_at IS NOT NULL AS revoked, k.expires_at, o.active
      FROM api_keys k JOIN organizations o ON o.id = k.organization_id
      WHERE k.hash = ${hash}::bytea`
  })

  const insert = Effect.fnUntraced(function* (
    { name }: Pick<Actor, "name">,
    now: DateTime.Utc,
    { live, test }: OrganizationPair,
    keys: ReadonlyArray<NewApiKey>,
    founding: boolean
  ) {
    const at = DateTime.formatIso(now)
    yield* sql`
      INSERT INTO organizations (id, name, mode, live_id, upload_secret, created_at, founding) VALUES
      (${live.id}::uuid, ${live.name}, 'live', NULL, ${live.uploadSecret}::bytea, ${at}::text::timestamptz, ${founding}),
      (${test.id}::uuid, ${test.name}, 'test', ${live.id}::uuid, ${test.uploadSecret}::bytea, ${at}::text::timestamptz, false)`
    yield* Effect.forEach(keys, (key) => insertApiKey(sql, key.mode === "live" ? live.id : test.id, key, now, name))
  })

  const find = Effect.fnUntraced(function* (
    viewer: OrganizationId,
    id: OrganizationId,
    lock: "" | "FOR NO KEY UPDATE OF o" = ""
  ) {
    const rows = yield* sql`
      SELECT ${columns} FROM organizations o WHERE o.id = ${id}::uuid AND ${visibleTo(viewer)} ${sql.literal(lock)}`
    const [organization] = yield* Effect.orDie(decodeOrganizations(rows))
    return organization ?? (yield* new OrganizationNotFound())
  })

  const create = Effect.fn("OrganizationRepo.create")(
    function* (actor: Actor, now: DateTime.Utc, pair: OrganizationPair, keys: ReadonlyArray<NewApiKey>) {
      if (!(yield* isFounding(actor.organizationId))) return yield* new OperatorOnly({ itself: false, fields: [] })
      yield* insert(actor, now, pair, keys, false)
      yield* audit(sql, actor, now, {
        action: "organizations.create",
        subjectType: "organization",
        subjectId: pair.live.id,
        changes: { name: pair.live.name, testOrganizationId: pair.test.id, apiKeyIds: keys.map(({ id }) => id) }
      })
    },
    sql.withTransaction,
    Effect.catchTag("SqlError", Effect.die)
  )

  const createFirst = Effect.fn("OrganizationRepo.createFirst")(
    function* (now: DateTime.Utc, pair: OrganizationPair, key: NewApiKey) {
      // Whoever comes second waits here, and then sees what the first one made.
      yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('organizations', 0))`
      if (!(yield* emptiness)) return false
      yield* insert({ name: "system" }, now, pair, [key], true)
      return true
    },
    sql.withTransaction,
    Effect.orDie
  )

  const findKey = Effect.fn("OrganizationRepo.findKey")((hash: Uint8Array) => keyHolder(hash), Effect.orDie)

  const list = Effect.fn("OrganizationRepo.list")((viewer: OrganizationId, request: PageRequest<OrganizationSort>) => {
    const key: SortKey =
      request.sortBy === "createdAt"
        ? { expression: sql`o.created_at`, kind: "instant", nullable: false }
        : { expression: sql`o.name COLLATE "C"`, kind: "text", nullable: false }
    return readSlice(
      sql,
      { columns, from: sql`organizations o`, where: visibleTo(viewer), key, id: sql`o.id`, row: OrganizationRow },
      request
    )
  })

  const get = Effect.fn("OrganizationRepo.get")(
    (viewer: OrganizationId, id: OrganizationId) => find(viewer, id),
    Effect.catchTag("SqlError", Effect.die)
  )

  const update = Effect.fn("OrganizationRepo.update")(
    function* (actor: Actor, now: DateTime.Utc, id: OrganizationId, changes: OrganizationUpdate) {
      const before = yield* find(actor.organizationId, id, "FOR NO KEY UPDATE OF o")
      const after = { ...before, ...changes }
      const changed = differences(before, after, ["name", ...operated])
      if (Object.keys(changed).length === 0) return before
      const fields = operated.filter((field) => field in changed)
      if (fields.length > 0 && !(yield* isFounding(actor.organizationId)))
        return yield* new OperatorOnly({ itself: false, fields })
      if ("active" in changed && (yield* isFounding(before.id)))
        return yield* new OperatorOnly({ itself: true, fields: ["active"] })
      yield* sql`
        UPDATE organizations SET name = ${after.name}, rate_limit_per_minute = ${after.rateLimitPerMinute}::int,
          gate_rate_limit_per_minute = ${after.gateRateLimitPerMinute}::int
        WHERE id = ${id}::uuid`
      if ("active" in changed)
        yield* sql`UPDATE organizations SET active = ${after.active} WHERE id = ${id}::uuid OR live_id = ${id}::uuid`
      yield* audit(sql, actor, now, {
        action: "organizations.update",
        subjectType: "organization",
        subjectId: id,
        changes: changed
      })
      return after
    },
    sql.withTransaction,
    Effect.catchTag("SqlError", Effect.die)
  )

  return OrganizationRepo.of({
    isEmpty: emptiness.pipe(Effect.orDie, Effect.withSpan("OrganizationRepo.isEmpty")),
    create,
    createFirst,
    findKey,
    list,
    get,
    update
  })
})

export const OrganizationRepoSql = Layer.effect(OrganizationRepo, make)
