import type { Actor } from "@audiences/domain/Actor"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Settings, SettingsUpdate } from "@audiences/domain/Settings"
import { Context, type DateTime, type Effect } from "effect"

/** Where the settings of organizations are kept. */
export class SettingsRepo extends Context.Service<
  SettingsRepo,
  {
    readonly get: (organizationId: OrganizationId) => Effect.Effect<Settings>
    readonly update: (actor: Actor, now: DateTime.Utc, changes: SettingsUpdate) => Effect.Effect<Settings>
  }
>()("@audiences/engine/SettingsRepo") {}
