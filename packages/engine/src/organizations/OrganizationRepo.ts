import type { Actor } from "@audiences/domain/Actor"
import type { ApiKeyId } from "@audiences/domain/ApiKey"
import type {
  Organization,
  OrganizationId,
  OrganizationNotFound,
  OrganizationSort,
  OrganizationUpdate
} from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Effect, type Option } from "effect"
import type { NewApiKey } from "../apiKeys/NewApiKey.ts"
import type { PageRequest, Slice } from "../pages/Paging.ts"

/** A live organization and the sibling that holds its test data. */
export interface OrganizationPair {
  readonly live: NewOrganization
  readonly test: NewOrganization
}

export interface NewOrganization {
  readonly id: OrganizationId
  readonly name: Organization["name"]
  /** Signs the upload URLs of the organization's imports. */
  readonly uploadSecret: Uint8Array
}

/** Whom a key speaks for, whether it still may or not. */
export interface KeyHolder {
  readonly id: ApiKeyId
  readonly organizationId: OrganizationId
  readonly revoked: boolean
  /** It works until then; null: for as long as it is not revoked. */
  readonly expiresAt: DateTime.Utc | null
  readonly active: boolean
}

/** Only the organization that the server was founded with does that; `itself`: it does not deactivate itself. */
export class OperatorOnly extends Data.TaggedError("OperatorOnly")<{
  readonly itself: boolean
  /** What of the update it is; none: all of it. */
  readonly fields: ReadonlyArray<keyof OrganizationUpdate>
}> {}

/** Where tenants are kept. Whom a viewer sees: itself and its test sibling; the founding organization, everybody. */
export class OrganizationRepo extends Context.Service<
  OrganizationRepo,
  {
    readonly isEmpty: Effect.Effect<boolean>
    /** Makes a pair and keys of it, for the founding organization. */
    readonly create: (
      actor: Actor,
      now: DateTime.Utc,
      pair: OrganizationPair,
      keys: ReadonlyArray<NewApiKey>
    ) => Effect.Effect<void, OperatorOnly>
    /** Makes the founding organization, unless there is any organization already, of whichever process. False: nothing was made. */
    readonly createFirst: (now: DateTime.Utc, pair: OrganizationPair, key: NewApiKey) => Effect.Effect<boolean>
    /** Remembers, to the minute, that the key was used. */
    readonly findKey: (hash: Uint8Array) => Effect.Effect<Option.Option<KeyHolder>>
    readonly list: (
      viewer: OrganizationId,
      request: PageRequest<OrganizationSort>
    ) => Effect.Effect<Slice<Organization>>
    readonly get: (viewer: OrganizationId, id: OrganizationId) => Effect.Effect<Organization, OrganizationNotFound>
    readonly update: (
      actor: Actor,
      now: DateTime.Utc,
      id: OrganizationId,
      changes: OrganizationUpdate
    ) => Effect.Effect<Organization, OrganizationNotFound | OperatorOnly>
  }
>()("@audiences/engine/OrganizationRepo") {}
