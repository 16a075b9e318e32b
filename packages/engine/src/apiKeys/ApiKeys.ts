import type { Actor } from "@audiences/domain/Actor"
import type {
  ApiKey,
  ApiKeyCreate,
  ApiKeyId,
  ApiKeyListQuery,
  ApiKeyNotFound,
  ApiKeyRevoked,
  ApiKeyRotate,
  ApiKeyWithSecret,
  LastApiKey
} from "@audiences/domain/ApiKey"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import { makeSecretKey } from "@audiences/domain/SecretKey"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, DateTime, Effect, Layer, Redacted } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { Organizations } from "../organizations/Organizations.ts"
import { paging } from "../pages/Paging.ts"
import { ApiKeyRepo } from "./ApiKeyRepo.ts"
import { keep, newApiKey } from "./NewApiKey.ts"

/** Who may speak for an organization. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    readonly list: (
      organizationId: OrganizationId,
      query: ApiKeyListQuery
    ) => Effect.Effect<Page<ApiKey>, ValidationError>
    readonly create: (actor: Actor, input: ApiKeyCreate) => Effect.Effect<ApiKeyWithSecret, ValidationError>
    readonly rotate: (
      actor: Actor,
      id: ApiKeyId,
      input: ApiKeyRotate
    ) => Effect.Effect<ApiKeyWithSecret, ApiKeyNotFound | ApiKeyRevoked>
    readonly revoke: (actor: Actor, id: ApiKeyId) => Effect.Effect<ApiKey, ApiKeyNotFound | LastApiKey>
  }
>()("@audiences/engine/ApiKeys") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ApiKeyRepo
      const clock = yield* DatabaseClock
      const organizations = yield* Organizations

      const list = Effect.fn("ApiKeys.list")(function* (organizationId: OrganizationId, query: ApiKeyListQuery) {
        return pages.page(query, yield* repo.list(organizationId, yield* pages.request(query)))
      })

      const create = Effect.fn("ApiKeys.create")(function* (actor: Actor, input: ApiKeyCreate) {
        const mode = input.mode ?? (yield* repo.modeOf(actor.organizationId))
        const { key, secretKey } = yield* newApiKey(input.name, mode)
        const made = yield* repo
          .create(actor, yield* clock.now, key)
          .pipe(
            Effect.catchTag("ModeOutOfReach", () =>
              refuse(input, [
                { path: ["mode"], message: "A test key creates test keys only: use a live key", expected: "test" }
              ])
            )
          )
        return { ...made, secretKey: Redacted.value(secretKey) }
      })

      const rotate = Effect.fn("ApiKeys.rotate")(function* (
        actor: Actor,
        id: ApiKeyId,
        { graceSeconds = 0 }: ApiKeyRotate
      ) {
        const now = yield* clock.now
        let secret = ""
        const made = yield* repo.rotate(actor, now, id, DateTime.add(now, { seconds: graceSeconds }), (name, mode) =>
          Effect.flatMap(makeSecretKey(mode), (secretKey) => {
            secret = Redacted.value(secretKey)
            return keep(secretKey, name, mode)
          })
        )
        yield* organizations.forgetKeys
        return { ...made, secretKey: secret }
      })

      const revoke = Effect.fn("ApiKeys.revoke")(function* (actor: Actor, id: ApiKeyId) {
        const revoked = yield* repo.revoke(actor, yield* clock.now, id)
        yield* organizations.forgetKeys
        return revoked
      })

      return ApiKeys.of({ list, create, rotate, revoke })
    })
  )
}

const pages = paging<"createdAt">("api-keys", { createdAt: "instant" })
