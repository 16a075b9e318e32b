import type { Actor } from "@audiences/domain/Actor"
import { Integration, IntegrationNotFound } from "@audiences/domain/Integration"
import { OrganizationId } from "@audiences/domain/Organization"
import type { Vendor } from "@audiences/domain/Vendor"
import { type IntegrationChange, IntegrationRepo } from "@audiences/engine/integrations/IntegrationRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { audit, differences } from "../audit/Audit.ts"

const IntegrationRow = Schema.Struct({
  ...Integration.fields,
  createdAt: Schema.DateTimeUtcFromDate,
  updatedAt: Schema.NullOr(Schema.DateTimeUtcFromDate)
})
const decode = Schema.decodeUnknownEffect(Schema.Array(IntegrationRow))
const decodeSealed = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ sealed: Schema.Uint8Array, properties: Integration.fields.properties }))
)

const decodeOwned = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ organizationId: OrganizationId, vendor: Integration.fields.vendor, sealed: Schema.Uint8Array })
  )
)

export const IntegrationRepoSql = Layer.effect(
  IntegrationRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns = sql.literal("vendor, credentials, properties, created_at, created_by, updated_at, updated_by")

    const list = Effect.fn("IntegrationRepo.list")(function* (organizationId: OrganizationId) {
      return yield* decode(
        yield* sql`SELECT ${columns} FROM integrations WHERE organization_id = ${organizationId}::uuid ORDER BY vendor`
      )
    }, Effect.orDie)

    const locked = Effect.fnUntraced(function* (organizationId: OrganizationId, vendor: Vendor) {
      const [row] = yield* decode(
        yield* sql`
          SELECT ${columns} FROM integrations
          WHERE organization_id = ${organizationId}::uuid AND vendor = ${vendor} FOR UPDATE`
      )
      return row
    })

    const sealed = Effect.fn("IntegrationRepo.sealed")(
      function* (organizationId: OrganizationId, vendor: Vendor) {
        const [row] = yield* decodeSealed(
          yield* sql`
            SELECT sealed, properties FROM integrations
            WHERE organization_id = ${organizationId}::uuid AND vendor = ${vendor}`
        )
        return row ?? (yield* new IntegrationNotFound())
      },
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    )

    const written = Effect.fnUntraced(function* (
      { name, organizationId }: Actor,
      now: DateTime.Utc,
      vendor: Vendor,
      { credentials, properties }: IntegrationChange
    ) {
      const at = DateTime.formatIso(now)
      const mapping = properties === undefined ? null : JSON.stringify(properties)
      if (credentials === undefined) {
        return yield* sql`
          UPDATE integrations SET properties = coalesce(${mapping}::text::jsonb, properties),
            updated_at = ${at}::text::timestamptz, updated_by = ${name}
          WHERE organization_id = ${organizationId}::uuid AND vendor = ${vendor} RETURNING ${columns}`
      }
      return yield* sql`
        INSERT INTO integrations AS i (organization_id, vendor, sealed, credentials, properties, created_at, created_by)
        VALUES (${organizationId}::uuid, ${vendor}, ${credentials.sealed}::bytea,
          ${JSON.stringify(credentials.shown)}::text::jsonb, coalesce(${mapping}::text::jsonb, '{}'),
          ${at}::text::timestamptz, ${name})
        ON CONFLICT (organization_id, vendor) DO UPDATE SET sealed = EXCLUDED.sealed, credentials = EXCLUDED.credentials,
          properties = coalesce(${mapping}::text::jsonb, i.properties),
          updated_at = EXCLUDED.created_at, updated_by = EXCLUDED.created_by
        RETURNING ${columns}`
    })

    const set = Effect.fn("IntegrationRepo.set")(
      function* (actor: Actor, now: DateTime.Utc, vendor: Vendor, change: IntegrationChange) {
        const before = yield* locked(actor.organizationId, vendor)
        const [after] = yield* decode(yield* written(actor, now, vendor, change))
        if (after === undefined) return yield* new IntegrationNotFound()
        yield* audit(sql, actor, now, {
          action: "integrations.set",
          subjectType: "integration",
          subjectId: vendor,
          changes: {
            // Names only.
            ...(change.credentials === undefined ? {} : { credentials: Object.keys(change.credentials.shown) }),
            ...differences<Pick<Integration, "properties">>(before ?? { properties: {} }, after, ["properties"])
          }
        })
        return after
      },
      sql.withTransaction,
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    )

    const remove = Effect.fn("IntegrationRepo.remove")(
      function* (actor: Actor, now: DateTime.Utc, vendor: Vendor) {
        const before = yield* locked(actor.organizationId, vendor)
        if (before === undefined) return yield* new IntegrationNotFound()
        yield* sql`DELETE FROM integrations WHERE organization_id = ${actor.organizationId}::uuid AND vendor = ${vendor}`
        yield* audit(sql, actor, now, { action: "integrations.remove", subjectType: "integration", subjectId: vendor })
        return before
      },
      sql.withTransaction,
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    )

    const sealedOtherwise = Effect.fn("IntegrationRepo.sealedOtherwise")(function* (keyId: Uint8Array) {
      return yield* decodeOwned(
        yield* sql`
          SELECT organization_id, vendor, sealed FROM integrations
          WHERE substr(sealed, 1, ${keyId.length}::int) <> ${keyId}::bytea ORDER BY organization_id, vendor`
      )
    }, Effect.orDie)

    const reseal = Effect.fn("IntegrationRepo.reseal")(
      (organizationId: OrganizationId, vendor: Vendor, from: Uint8Array, to: Uint8Array) =>
        Effect.asVoid(sql`
          UPDATE integrations SET sealed = ${to}::bytea
          WHERE organization_id = ${organizationId}::uuid AND vendor = ${vendor} AND sealed = ${from}::bytea`),
      Effect.orDie
    )

    return IntegrationRepo.of({ list, sealed, set, remove, sealedOtherwise, reseal })
  })
)
