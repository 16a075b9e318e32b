import type { Actor } from "@audiences/domain/Actor"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Settings, SettingsUpdate } from "@audiences/domain/Settings"
import { Context, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { SettingsRepo } from "./SettingsRepo.ts"

/** What organizations have chosen. */
export class OrganizationSettings extends Context.Service<
  OrganizationSettings,
  {
    readonly get: (organizationId: OrganizationId) => Effect.Effect<Settings>
    readonly update: (actor: Actor, changes: SettingsUpdate) => Effect.Effect<Settings>
  }
>()("@audiences/engine/OrganizationSettings") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* SettingsRepo
      const clock = yield* DatabaseClock
      const update = Effect.fn("OrganizationSettings.update")(function* (actor: Actor, changes: SettingsUpdate) {
        return yield* repo.update(actor, yield* clock.now, changes)
      })
      return OrganizationSettings.of({ get: repo.get, update })
    })
  )
}
