import type { ApiKeyId, KeyMode } from "@audiences/domain/ApiKey"
import type { Organization, OrganizationId } from "@audiences/domain/Organization"
import { Context, type DateTime, type Effect, type Option } from "effect"

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

/** A key as it is kept: by the SHA-256 of its text. */
export interface NewApiKey {
  readonly id: ApiKeyId
  readonly hash: Uint8Array
  readonly name: string
  /** Which of the pair it speaks for. */
  readonly mode: KeyMode
}

/** Whom a key speaks for, whether it still may or not. */
export interface KeyHolder {
  readonly id: ApiKeyId
  readonly organizationId: OrganizationId
  readonly revoked: boolean
  readonly active: boolean
}

/** Where tenants and their keys are kept. */
export class OrganizationRepo extends Context.Service<
  OrganizationRepo,
  {
    readonly isEmpty: Effect.Effect<boolean>
    readonly create: (now: DateTime.Utc, pair: OrganizationPair, key: NewApiKey) => Effect.Effect<void>
    /** As `create`, unless there is an organization already, of whichever process. False: nothing was made. */
    readonly createFirst: (now: DateTime.Utc, pair: OrganizationPair, key: NewApiKey) => Effect.Effect<boolean>
    readonly findKey: (hash: Uint8Array) => Effect.Effect<Option.Option<KeyHolder>>
  }
>()("@audiences/engine/OrganizationRepo") {}
