import { ApiKeyId, type KeyMode } from "@audiences/domain/ApiKey"
import { makeSecretKey, secretKeyMode } from "@audiences/domain/SecretKey"
import { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import { OrganizationRepo } from "@audiences/engine/organizations/OrganizationRepo"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { OrganizationRepoSql } from "@audiences/storage/organizations/OrganizationRepoSql"
import { Migrations } from "@audiences/storage/Migrations"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { assert, layer } from "@effect/vitest"
import { Context, DateTime, Effect, Exit, Layer, Option, Redacted, Ref, References } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import { inject } from "vitest"
import type {} from "../../../../tools/vitest/postgres.ts"
import { freshOrganization, PostgresTest } from "../../../../tools/vitest/PostgresTest.ts"

const TestLayer = Organizations.layer.pipe(
  Layer.provideMerge([OrganizationRepoSql, DatabaseClockSql]),
  Layer.provideMerge(PostgresTest)
)

/** An empty database for the test that asks: in the run's own, other tests make organizations at the same time. */
const OwnDatabase = Layer.unwrap(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const name = `own_${(yield* yield* Uuid).replaceAll("-", "")}`
    yield* Effect.acquireRelease(sql.unsafe(`CREATE DATABASE ${name}`), () =>
      Effect.orDie(sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`))
    )
    const url = new URL(inject("postgresUrl"))
    url.pathname = `/${name}`
    const database = Layer.provideMerge(Migrations, Postgres({ url: Redacted.make(url.href), maxConnections: 10 }))
    return Organizations.layer.pipe(
      Layer.provideMerge([OrganizationRepoSql, DatabaseClockSql]),
      Layer.provideMerge(database),
      Layer.fresh
    )
  })
)

const hashOf = (key: Redacted.Redacted<string>) => createHash("sha256").update(Redacted.value(key)).digest()

/** An organization that administers others. */
const foundingOrganization = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = yield* freshOrganization
  yield* Effect.orDie(sql`UPDATE organizations SET founding = true WHERE id = ${id}::uuid`)
  return id
})

/** A new pair of organizations and a key of one of them. */
const newPair = Effect.fnUntraced(function* (mode: KeyMode) {
  const repo = yield* OrganizationRepo
  const secretKey = yield* makeSecretKey(mode)
  const organization = Effect.map(Effect.flatten(Uuid), (id) => ({
    id: OrganizationId.make(id),
    name: "Pair",
    uploadSecret: new Uint8Array(32)
  }))
  const pair = { live: yield* organization, test: yield* organization }
  const id = ApiKeyId.make(yield* yield* Uuid)
  const operator = { organizationId: yield* foundingOrganization, name: "test" }
  const key = { id, hash: hashOf(secretKey), hint: Redacted.value(secretKey).slice(-4), name: "Key", mode }
  yield* repo.create(operator, yield* DateTime.now, pair, [key])
  return { pair, secretKey, id }
})

/** As another process would: nothing cached. */
const another = Effect.flatMap(OrganizationRepo, (repo) =>
  Effect.map(
    Layer.build(
      Layer.fresh(Organizations.layer).pipe(Layer.provide([Layer.succeed(OrganizationRepo, repo), DatabaseClockSql]))
    ),
    Context.get(Organizations)
  )
)

layer(TestLayer)("Organizations", (it) => {
  it.effect("begin with one pair and one key, however many processes start at once", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizations = yield* Organizations
      const malformed = yield* Effect.flip(organizations.bootstrap(Option.some(Redacted.make("sk_live_secret"))))
      assert.strictEqual(malformed._tag, "MalformedSecretKey")
      assert.notInclude(malformed.message, "sk_live_secret")
      assert.strictEqual((yield* sql`SELECT 1 FROM organizations`).length, 0)

      const made = yield* Effect.all(
        Array.from({ length: 8 }, () => organizations.bootstrap(Option.none())),
        { concurrency: "unbounded" }
      )
      const keys = made.filter(Option.isSome).map(({ value }) => value)
      assert.strictEqual(keys.length, 1)
      assert.strictEqual(secretKeyMode(Redacted.value(keys[0]!)), "live")
      const rows = yield* sql<{
        name: string
        mode: string
        isLive: boolean
      }>`SELECT name, mode, live_id IS NULL AS is_live FROM organizations ORDER BY mode`
      assert.deepStrictEqual(rows, [
        { name: "Default", mode: "live", isLive: true },
        { name: "Default (test)", mode: "test", isLive: false }
      ])
      const actor = yield* organizations.authenticate(keys[0]!)
      assert.match(actor.name, /^key:[0-9a-f-]{36}$/)

      assert.deepStrictEqual(yield* organizations.bootstrap(Option.some(yield* makeSecretKey("live"))), Option.none())
      assert.strictEqual((yield* sql`SELECT 1 FROM api_keys`).length, 1)
    }).pipe(Effect.provide(OwnDatabase))
  )

  it.effect("begin with the key that is given; a test key is the sibling's", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizations = yield* Organizations
      const given = yield* makeSecretKey("test")
      assert.deepStrictEqual(yield* organizations.bootstrap(Option.some(given)), Option.some(given))
      const { organizationId } = yield* organizations.authenticate(given)
      const [holder] = yield* sql<{ mode: string }>`SELECT mode FROM organizations WHERE id = ${organizationId}`
      assert.strictEqual(holder?.mode, "test")
    }).pipe(Effect.provide(OwnDatabase))
  )

  it.effect("know who a key speaks for, live and test apart", () =>
    Effect.gen(function* () {
      const organizations = yield* Organizations
      for (const mode of ["live", "test"] as const) {
        const { pair, secretKey, id } = yield* newPair(mode)
        assert.deepStrictEqual(yield* organizations.authenticate(secretKey), {
          organizationId: pair[mode].id,
          name: `key:${id}`
        })
      }
    })
  )

  it.effect("let in, while the database is away, the keys that were accepted before, and no other", () =>
    Effect.gen(function* () {
      const repo = yield* OrganizationRepo
      const away = yield* Ref.make(false)
      const organizations = yield* Effect.provideService(another, OrganizationRepo, {
        ...repo,
        findKey: (hash) =>
          Effect.flatMap(Ref.get(away), (isAway) => (isAway ? Effect.die(new Error("away")) : repo.findKey(hash)))
      })
      const [known, stranger] = [yield* newPair("live"), yield* newPair("live")]
      const text = Redacted.value(known.secretKey)
      assert.isUndefined(organizations.recall(text))
      const actor = yield* organizations.authenticate(known.secretKey)
      assert.deepStrictEqual(organizations.recall(text), actor)
      yield* TestClock.adjust("11 seconds")
      assert.isUndefined(organizations.recall(text))
      yield* Ref.set(away, true)
      assert.deepStrictEqual(yield* organizations.authenticate(known.secretKey), actor)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(organizations.authenticate(stranger.secretKey))))

      // What it says when it is back counts again.
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE api_keys SET revoked_at = now() WHERE organization_id = ${known.pair.live.id}`
      yield* Ref.set(away, false)
      yield* TestClock.adjust("11 seconds")
      assert.strictEqual((yield* Effect.flip(organizations.authenticate(known.secretKey)))._tag, "Unauthorized")
      assert.isUndefined(organizations.recall(text))
      yield* Ref.set(away, true)
      yield* TestClock.adjust("11 seconds")
      assert.strictEqual((yield* Effect.flip(organizations.authenticate(known.secretKey)))._tag, "Unauthorized")
    }).pipe(Effect.provideService(References.MinimumLogLevel, "Fatal"))
  )

  it.effect("refuse malformed, unknown and revoked keys alike, and keys of an inactive organization otherwise", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const organizations = yield* Organizations
      const revoked = yield* newPair("live")
      yield* sql`UPDATE api_keys SET revoked_at = now() WHERE organization_id = ${revoked.pair.live.id}`
      const inactive = yield* newPair("live")
      yield* sql`UPDATE organizations SET active = false WHERE id = ${inactive.pair.live.id}`
      const typo = Redacted.make(Redacted.value(inactive.secretKey).slice(0, -1))
      const refusals = yield* Effect.forEach(
        [Redacted.make(""), Redacted.make("x' OR 1=1"), typo, yield* makeSecretKey("live"), revoked.secretKey],
        (key) => Effect.flip(organizations.authenticate(key))
      )
      assert.deepStrictEqual(
        refusals.map(({ _tag, error }) => [_tag, error]),
        refusals.map(() => ["Unauthorized", "Authentication required"])
      )
      assert.strictEqual((yield* Effect.flip(organizations.authenticate(inactive.secretKey)))._tag, "Forbidden")
    })
  )

  it.effect("ask the database once in a while for a key, and every time for an unknown one", () =>
    Effect.gen(function* () {
      const repo = yield* OrganizationRepo
      const asked = yield* Ref.make(0)
      const counting = OrganizationRepo.of({
        ...repo,
        findKey: (hash) =>
          Effect.andThen(
            Ref.update(asked, (n) => n + 1),
            repo.findKey(hash)
          )
      })
      const organizations = yield* Effect.provideService(another, OrganizationRepo, counting)
      const { secretKey } = yield* newPair("live")
      yield* Effect.forEach(Array.from({ length: 20 }), () => organizations.authenticate(secretKey), {
        concurrency: "unbounded"
      })
      assert.strictEqual(yield* Ref.get(asked), 1)
      yield* TestClock.adjust("11 seconds")
      yield* organizations.authenticate(secretKey)
      assert.strictEqual(yield* Ref.get(asked), 2)

      const late = yield* makeSecretKey("live")
      yield* Effect.flip(organizations.authenticate(late))
      yield* Effect.flip(organizations.authenticate(late))
      assert.strictEqual(yield* Ref.get(asked), 4)
    })
  )

  it.effect("keep nothing of a key but its hash", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { secretKey, id } = yield* newPair("live")
      const [row] = yield* sql<{ text: string }>`SELECT k::text AS text FROM api_keys k WHERE id = ${id}`
      assert.notInclude(row!.text, Redacted.value(secretKey))
      assert.notInclude(row!.text, Redacted.value(secretKey).slice(8, 40))
      assert.include(row!.text, hashOf(secretKey).toString("hex"))
    })
  )
})
