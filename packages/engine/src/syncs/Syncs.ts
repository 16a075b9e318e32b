import type { Actor } from "@audiences/domain/Actor"
import { AudienceArchived, type AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { NotImplemented } from "@audiences/domain/Errors"
import type { SyncStarted } from "@audiences/domain/SyncSource"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import type { VendorImport, VendorImportResult } from "@audiences/domain/VendorImport"
import { Context, Effect, Layer } from "effect"
import { AudienceRepo } from "../audiences/AudienceRepo.ts"
import { notSynced } from "../audiences/AudienceTypeRefusal.ts"

export type Vendor = "klaviyo" | "mailchimp" | "sendgrid"

/** Audiences that are kept equal to a list elsewhere. No vendor can be reached yet: what would reach one is refused, and changes nothing. */
export class Syncs extends Context.Service<
  Syncs,
  {
    readonly start: (
      actor: Actor,
      audienceId: AudienceId
    ) => Effect.Effect<SyncStarted, ValidationError | AudienceNotFound | AudienceArchived | NotImplemented>
    readonly importFrom: (
      actor: Actor,
      vendor: Vendor,
      input: VendorImport
    ) => Effect.Effect<VendorImportResult, ValidationError | NotImplemented>
  }
>()("@audiences/engine/Syncs") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const audiences = yield* AudienceRepo

      const start = Effect.fn("Syncs.start")(function* ({ organizationId }: Actor, audienceId: AudienceId) {
        const { archived, primarySyncSource, type } = yield* audiences.get(organizationId, audienceId)
        if (type !== "SYNCED_LIST") return yield* notSynced({})
        if (primarySyncSource == null) return yield* noSource
        if (archived) return yield* new AudienceArchived()
        return yield* new NotImplemented({
          error: `Syncing with ${primarySyncSource.syncSource} is not implemented yet`
        })
      })

      const importFrom = Effect.fn("Syncs.importFrom")((_: Actor, vendor: Vendor, __: VendorImport) =>
        Effect.fail(new NotImplemented({ error: `Importing lists from ${vendor} is not implemented yet` }))
      )

      return Syncs.of({ start, importFrom })
    })
  )
}

const noSource = Effect.fail(
  refuse({}, [
    {
      path: [],
      message: "Audience has no sync source",
      type: "sync_source",
      expected: "an audience created with a primarySyncSource"
    }
  ])
)
