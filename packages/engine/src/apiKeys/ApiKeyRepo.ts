import type { Actor } from "@audiences/domain/Actor"
import type { ApiKey, ApiKeyId, ApiKeyNotFound, ApiKeyRevoked, KeyMode, LastApiKey } from "@audiences/domain/ApiKey"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, Data, type DateTime, type Effect } from "effect"
import type { PageRequest, Slice } from "../pages/Paging.ts"
import type { NewApiKey } from "./NewApiKey.ts"

/** A test organization makes no keys of the live one. */
export class ModeOutOfReach extends Data.TaggedError("ModeOutOfReach") {}

/** Where keys are kept. A live organization reaches its own and those of its test sibling, a test organization its own. */
export class ApiKeyRepo extends Context.Service<
  ApiKeyRepo,
  {
    readonly list: (organizationId: OrganizationId, request: PageRequest<"createdAt">) => Effect.Effect<Slice<ApiKey>>
    readonly modeOf: (organizationId: OrganizationId) => Effect.Effect<KeyMode>
    readonly create: (actor: Actor, now: DateTime.Utc, key: NewApiKey) => Effect.Effect<ApiKey, ModeOutOfReach>
    /** Puts a new key, of the old one's name and mode, in its place, which works until `until` at the longest. */
    readonly rotate: (
      actor: Actor,
      now: DateTime.Utc,
      id: ApiKeyId,
      until: DateTime.Utc,
      make: (name: string, mode: KeyMode) => Effect.Effect<NewApiKey>
    ) => Effect.Effect<ApiKey, ApiKeyNotFound | ApiKeyRevoked>
    /** Idempotent. */
    readonly revoke: (
      actor: Actor,
      now: DateTime.Utc,
      id: ApiKeyId
    ) => Effect.Effect<ApiKey, ApiKeyNotFound | LastApiKey>
  }
>()("@audiences/engine/ApiKeyRepo") {}
