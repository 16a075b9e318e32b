import type { Actor } from "@audiences/domain/Actor"
import type { ApiKeyWithSecret, KeyMode } from "@audiences/domain/ApiKey"
import { Forbidden, Unauthorized } from "@audiences/domain/api/Authorization"
import {
  type Organization,
  type OrganizationCreate,
  OrganizationId,
  type OrganizationListQuery,
  type OrganizationNotFound,
  type OrganizationSort,
  type OrganizationUpdate
} from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import { makeSecretKey, secretKeyMode } from "@audiences/domain/SecretKey"
import { Uuid } from "@audiences/domain/Uuid"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Clock, Context, DateTime, Effect, Layer, Option, Redacted, Result } from "effect"
import { randomBytes } from "node:crypto"
import { hashOf, keep, type NewApiKey, newApiKey } from "../apiKeys/NewApiKey.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { paging } from "../pages/Paging.ts"
import { makeKeyHolders } from "./KeyHolders.ts"
import { MalformedSecretKey } from "./MalformedSecretKey.ts"
import { type KeyHolder, type OperatorOnly, OrganizationRepo } from "./OrganizationRepo.ts"

/** A live organization, its test sibling and the first key of each. */
export interface OrganizationFounded {
  readonly live: Organization
  readonly test: Organization
  readonly keys: ReadonlyArray<ApiKeyWithSecret>
}

/** Tenants, and who speaks for them. */
export class Organizations extends Context.Service<
  Organizations,
  {
    /** Who a secret key speaks for. Malformed, unknown and revoked keys are one refusal. */
    readonly authenticate: (secretKey: Redacted.Redacted<string>) => Effect.Effect<Actor, Unauthorized | Forbidden>
    /** As `authenticate`, where memory suffices to let somebody in; else undefined. */
    readonly recall: (secretKey: string) => Actor | undefined
    /**
     * Makes the first organization, its test sibling and the given key (else a generated one), if there is no organization yet.
     * Returns the key that was made: it is shown this once.
     */
    readonly bootstrap: (
      firstKey: Option.Option<Redacted.Redacted<string>>
    ) => Effect.Effect<Option.Option<Redacted.Redacted<string>>, MalformedSecretKey>
    /** What is remembered of keys is asked for again: some were revoked, or an organization was made inactive. */
    readonly forgetKeys: Effect.Effect<void>
    readonly list: (
      viewer: OrganizationId,
      query: OrganizationListQuery
    ) => Effect.Effect<Page<Organization>, ValidationError>
    readonly get: (viewer: OrganizationId, id: OrganizationId) => Effect.Effect<Organization, OrganizationNotFound>
    readonly create: (actor: Actor, input: OrganizationCreate) => Effect.Effect<OrganizationFounded, ValidationError>
    readonly update: (
      actor: Actor,
      id: OrganizationId,
      input: OrganizationUpdate
    ) => Effect.Effect<Organization, ValidationError | OrganizationNotFound>
  }
>()("@audiences/engine/Organizations") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* OrganizationRepo
      const clock = yield* DatabaseClock

      const holders = yield* makeKeyHolders(repo)
      const processClock = yield* Clock.Clock
      const actorOf = (holder: KeyHolder) => actorOfHolder(holder, processClock.currentTimeMillisUnsafe())

      const authenticate = Effect.fn("Organizations.authenticate")(function* (secretKey: Redacted.Redacted<string>) {
        const key = Redacted.value(secretKey)
        if (secretKeyMode(key) === undefined) return yield* new Unauthorized()
        const holder = yield* holders.find(hashOf(key).toString("hex"))
        if (Option.isNone(holder)) return yield* new Unauthorized()
        return yield* Effect.fromResult(actorOf(holder.value))
      })

      const recall = (secretKey: string): Actor | undefined => {
        const holder = holders.recall(hashOf(secretKey).toString("hex"))
        return holder === undefined ? undefined : Option.getOrUndefined(Result.getSuccess(actorOf(holder)))
      }

      const newOrganization = Effect.fnUntraced(function* (name: string) {
        return { id: OrganizationId.make(yield* yield* Uuid), name, uploadSecret: yield* uploadSecret }
      })

      const newPair = (name: string) =>
        Effect.all({ live: newOrganization(name), test: newOrganization(`${name} (test)`) })

      const bootstrap = Effect.fn("Organizations.bootstrap")(function* (
        firstKey: Option.Option<Redacted.Redacted<string>>
      ) {
        if (!(yield* repo.isEmpty)) return Option.none()
        const secretKey = Option.isSome(firstKey) ? firstKey.value : yield* makeSecretKey("live")
        const mode = secretKeyMode(Redacted.value(secretKey))
        if (mode === undefined) return yield* new MalformedSecretKey()
        const key = yield* keep(secretKey, "First key", mode)
        const made = yield* repo.createFirst(yield* DateTime.now, yield* newPair("Default"), key)
        return made ? Option.some(secretKey) : Option.none()
      })

      const list = Effect.fn("Organizations.list")(function* (viewer: OrganizationId, query: OrganizationListQuery) {
        return pages.page(query, yield* repo.list(viewer, yield* pages.request(query)))
      })

      const create = Effect.fn("Organizations.create")(function* (actor: Actor, input: OrganizationCreate) {
        const now = yield* clock.now
        const pair = yield* newPair(input.name)
        const keys = yield* Effect.forEach(modes, (mode) => newApiKey("First key", mode))
        yield* repo
          .create(
            actor,
            now,
            pair,
            keys.map(({ key }) => key)
          )
          .pipe(Effect.catchTag("OperatorOnly", () => refuse(input, [operatorOnly([], "create organizations")])))
        const made: OrganizationFounded = {
          live: yield* Effect.orDie(repo.get(actor.organizationId, pair.live.id)),
          test: yield* Effect.orDie(repo.get(actor.organizationId, pair.test.id)),
          keys: keys.map(({ key, secretKey }) => shownOnce(actor, now, pair[key.mode].id, key, secretKey))
        }
        return made
      })

      const update = Effect.fn("Organizations.update")(function* (
        actor: Actor,
        id: OrganizationId,
        input: OrganizationUpdate
      ) {
        const organization = yield* repo.update(actor, yield* clock.now, id, input).pipe(
          Effect.catchTag("OperatorOnly", ({ fields, itself }: OperatorOnly) =>
            refuse(
              input,
              fields.map((field) =>
                itself
                  ? {
                      path: [field],
                      expected: "true",
                      message: "The organization that the server was founded with stays active"
                    }
                  : operatorOnly([field], `change ${field}`)
              )
            )
          )
        )
        if (input.active !== undefined) yield* holders.forget
        return organization
      })

      return Organizations.of({
        authenticate,
        recall,
        bootstrap,
        forgetKeys: holders.forget,
        list,
        get: repo.get,
        create,
        update
      })
    })
  )
}

const pages = paging<OrganizationSort>("organizations", { createdAt: "instant", name: "text" })

const modes: ReadonlyArray<KeyMode> = ["live", "test"]

const operatorOnly = (path: ReadonlyArray<string>, what: string) => ({
  path,
  type: "operator",
  expected: "a key of the organization that the server was founded with",
  message: `Only the organization that the server was founded with may ${what}`
})

const shownOnce = (
  actor: Actor,
  now: DateTime.Utc,
  organizationId: OrganizationId,
  { hint, id, mode, name }: NewApiKey,
  secretKey: Redacted.Redacted<string>
): ApiKeyWithSecret => ({
  id,
  organizationId,
  mode,
  name,
  hint,
  createdAt: now,
  createdBy: actor.name,
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
  revokedBy: null,
  secretKey: Redacted.value(secretKey)
})

/** Who a key speaks for at an instant, if it still may. */
const actorOfHolder = (
  { active, expiresAt, id, organizationId, revoked }: KeyHolder,
  now: number
): Result.Result<Actor, Unauthorized | Forbidden> =>
  revoked || (expiresAt !== null && DateTime.toEpochMillis(expiresAt) <= now)
    ? Result.fail(new Unauthorized())
    : active
      ? Result.succeed({ organizationId, name: `key:${id}` })
      : Result.fail(new Forbidden())

const uploadSecret = Effect.sync((): Uint8Array => randomBytes(32))
