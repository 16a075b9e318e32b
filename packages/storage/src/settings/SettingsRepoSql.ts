import type { Actor } from "@audiences/domain/Actor"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Settings, type SettingsUpdate } from "@audiences/domain/Settings"
import { SettingsRepo } from "@audiences/engine/settings/SettingsRepo"
import { type DateTime, Effect, Layer, Schema, Struct } from "effect"
import { SqlClient } from "effect/sql"
import { audit, differences } from "../audit/Audit.ts"

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Settings]))

export const SettingsRepoSql = Layer.effect(
  SettingsRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const read = Effect.fnUntraced(function* (organizationId: OrganizationId, lock: "" | "FOR NO KEY UPDATE" = "") {
      const [settings] = yield* decode(
        yield* sql`
        SELECT default_refresh_interval_seconds, audit_retention_days, import_undo_days FROM organizations
        WHERE id = ${organizationId}::uuid ${sql.literal(lock)}`
      )
      return settings
    })

    const get = Effect.fn("SettingsRepo.get")((organizationId: OrganizationId) => read(organizationId), Effect.orDie)

    const update = Effect.fn("SettingsRepo.update")(
      function* (actor: Actor, now: DateTime.Utc, changes: SettingsUpdate) {
        const before = yield* read(actor.organizationId, "FOR NO KEY UPDATE")
        const after: Settings = { ...before, ...changes }
        const changed = differences(before, after, Struct.keys(Settings.fields))
        if (Object.keys(changed).length === 0) return before
        yield* sql`
          UPDATE organizations SET default_refresh_interval_seconds = ${after.defaultRefreshIntervalSeconds}::int,
            audit_retention_days = ${after.auditRetentionDays}::int, import_undo_days = ${after.importUndoDays}::int
          WHERE id = ${actor.organizationId}::uuid`
        yield* audit(sql, actor, now, {
          action: "settings.update",
          subjectType: "settings",
          subjectId: actor.organizationId,
          changes: changed
        })
        return after
      },
      sql.withTransaction,
      Effect.orDie
    )

    return SettingsRepo.of({ get, update })
  })
)
