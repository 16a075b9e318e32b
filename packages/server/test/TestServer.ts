import { ApiKeyId } from "@audiences/domain/ApiKey"
import { OrganizationId } from "@audiences/domain/Organization"
import { Uuid } from "@audiences/domain/Uuid"
import type { Connectors } from "@audiences/engine/connectors/Connectors"
import { Configuration } from "@audiences/server/Configuration"
import { Connecting } from "@audiences/server/connectors/Connecting"
import { layer as NodeServer } from "@audiences/server/http/NodeServer"
import { makeSecretKey } from "@audiences/domain/SecretKey"
import { PublicUrl } from "@audiences/server/PublicUrl"
import { Service } from "@audiences/server/Server"
import { JobQueuePgBoss } from "@audiences/storage/jobs/JobQueuePgBoss"
import { Effect, Layer, Option, Redacted, References } from "effect"
import { SqlClient } from "effect/sql"
import { createHash, randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inject } from "vitest"
import type {} from "../../../tools/vitest/postgres.ts"
import { PostgresTest } from "../../../tools/vitest/PostgresTest.ts"
import { klaviyoServer } from "../../../tools/vitest/vendors/KlaviyoServer.ts"

/** Of the account that Klaviyo's stand-in has. */
export const klaviyoKey = "pk_of_tests"

const configured = (changes: Partial<Configuration["Service"]>) =>
  Layer.effect(
    Configuration,
    Effect.gen(function* () {
      const dataDir = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "audiences-server-test-"))),
        (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
      )
      const klaviyo = yield* klaviyoServer({ apiKey: klaviyoKey, lists: [] })
      return Configuration.of({
        host: "127.0.0.1",
        port: 0,
        publicUrl: Option.none(),
        dataDir,
        databaseUrl: Option.none(),
        role: "all",
        secretKey: Option.some(yield* makeSecretKey("live")),
        uploads: { _tag: "Folder", path: join(dataDir, "uploads") },
        columnMemoryBytes: 2 ** 28,
        gateMemoryBytes: 64 * 2 ** 20,
        logLevel: "Warn",
        rateLimit: 0,
        gateRateLimit: 0,
        // One for all: they share a database.
        encryptionKeys: Redacted.make([Buffer.alloc(32, 9)]),
        vendorUrls: new Map([["klaviyo", klaviyo.origin]]),
        ...changes
      })
    })
  )

/** A queue of its own, in the test run's database: its workers find the files that this server takes, and no others. */
const Jobs = Layer.unwrap(
  Effect.sync(() =>
    JobQueuePgBoss({
      url: Redacted.make(inject("postgresUrl")),
      schema: `jobs_${randomBytes(16).toString("hex")}`
    })
  )
)

/** As `TestServer`, configured otherwise, and with other connectors. */
export const testServer = (
  changes: Partial<Configuration["Service"]>,
  connectors: Layer.Layer<Connectors, never, Configuration> = Connecting
) =>
  Service.pipe(
    Layer.provide(Jobs),
    Layer.provide(connectors),
    Layer.provide(PublicUrl.layer),
    Layer.provideMerge(NodeServer({ host: "127.0.0.1", port: 0 })),
    Layer.provideMerge(PostgresTest),
    Layer.provide([configured(changes), Layer.succeed(References.MinimumLogLevel, changes.logLevel ?? "Warn")])
  )

/** The whole service on the test run's database, with its workers, on a port of its own. */
export const TestServer = testServer({})

/** A new, empty organization with its test sibling, and a key of it. */
export const freshKey = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const organizationId = OrganizationId.make(yield* yield* Uuid)
  const id = ApiKeyId.make(yield* yield* Uuid)
  const key = Redacted.value(yield* makeSecretKey("live"))
  const hash = createHash("sha256").update(key).digest()
  yield* sql`
    INSERT INTO organizations (id, name, mode, live_id, upload_secret, created_at) VALUES
    (${organizationId}, 'Fresh', 'live', NULL, ${randomBytes(32)}, now()),
    (${yield* yield* Uuid}, 'Fresh (test)', 'test', ${organizationId}, ${randomBytes(32)}, now())`
  yield* sql`INSERT INTO api_keys (hash, organization_id, id, name, created_at) VALUES (${hash}, ${organizationId}, ${id}, 'Test', now())`
  return { organizationId, key }
}).pipe(Effect.orDie)
