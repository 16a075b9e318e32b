import type { Actor } from "@audiences/domain/Actor"
import type { Integration, IntegrationNotFound } from "@audiences/domain/Integration"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Vendor } from "@audiences/domain/Vendor"
import { Context, type DateTime, type Effect } from "effect"

/** What of an integration changes: credentials as they are kept, with what may be shown of them. */
export interface IntegrationChange {
  readonly credentials?: { readonly sealed: Uint8Array; readonly shown: Readonly<Record<string, string>> }
  readonly properties?: Readonly<Record<string, string>>
}

/** Where integrations are kept. */
export class IntegrationRepo extends Context.Service<
  IntegrationRepo,
  {
    readonly list: (organizationId: OrganizationId) => Effect.Effect<ReadonlyArray<Integration>>
    readonly sealed: (
      organizationId: OrganizationId,
      vendor: Vendor
    ) => Effect.Effect<
      { readonly sealed: Uint8Array; readonly properties: Readonly<Record<string, string>> },
      IntegrationNotFound
    >
    /** Fails where there is none yet, and no credentials are given. */
    readonly set: (
      actor: Actor,
      now: DateTime.Utc,
      vendor: Vendor,
      change: IntegrationChange
    ) => Effect.Effect<Integration, IntegrationNotFound>
    /** Of every organization, what was encrypted with another key than the one of this id. */
    readonly sealedOtherwise: (
      keyId: Uint8Array
    ) => Effect.Effect<
      ReadonlyArray<{ readonly organizationId: OrganizationId; readonly vendor: Vendor; readonly sealed: Uint8Array }>
    >
    /** Exchanges sealed credentials, unless they have been set anew meanwhile. */
    readonly reseal: (
      organizationId: OrganizationId,
      vendor: Vendor,
      from: Uint8Array,
      to: Uint8Array
    ) => Effect.Effect<void>
    readonly remove: (
      actor: Actor,
      now: DateTime.Utc,
      vendor: Vendor
    ) => Effect.Effect<Integration, IntegrationNotFound>
  }
>()("@audiences/engine/IntegrationRepo") {}
