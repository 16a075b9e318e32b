import { assert, describe, it } from "@effect/vitest"
import { Configuration } from "@audiences/server/Configuration"
import { ConfigProvider, Effect, Option, Redacted } from "effect"
import { resolve } from "node:path"

const given = (env: Record<string, string>) =>
  Configuration.pipe(
    Effect.provide(Configuration.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )

const problems = (env: Record<string, string>) =>
  Effect.map(Effect.flip(given(env)), (error) => error.message.split("\n"))

describe("Configuration", () => {
  it.effect("has a default for everything", () =>
    Effect.gen(function* () {
      const { encryptionKeys, ...rest } = yield* given({})
      assert.deepStrictEqual(Redacted.value(encryptionKeys), [])
      assert.deepStrictEqual(
        { ...rest },
        {
          host: "127.0.0.1",
          port: 4800,
          publicUrl: Option.none(),
          dataDir: resolve("data"),
          databaseUrl: Option.none(),
          role: "all",
          secretKey: Option.none(),
          uploads: { _tag: "Folder", path: resolve("data/uploads") },
          columnMemoryBytes: 2 ** 30,
          gateMemoryBytes: 512 * 2 ** 20,
          logLevel: "Info",
          rateLimit: 1000,
          gateRateLimit: 0,
          vendorUrls: new Map()
        }
      )
    })
  )

  it.effect("takes an empty variable for an unset one", () =>
    Effect.gen(function* () {
      const empty = yield* given({
        AUDIENCES_HOST: "",
        AUDIENCES_PORT: " ",
        AUDIENCES_DATABASE_URL: "",
        AUDIENCES_SECRET_KEY: ""
      })
      const unset = yield* given({})
      assert.deepStrictEqual({ ...empty, encryptionKeys: [] }, { ...unset, encryptionKeys: [] })
    })
  )

  it.effect("keeps secrets out of sight", () =>
    Effect.gen(function* () {
      const configuration = yield* given({ AUDIENCES_DATABASE_URL: "postgres://me:hush@db/audiences" })
      assert.strictEqual(
        Option.map(configuration.databaseUrl, Redacted.value).pipe(Option.getOrNull),
        "postgres://me:hush@db/audiences"
      )
      assert.notInclude(JSON.stringify(configuration), "hush")
    })
  )

  it.effect("names every variable that is wrong, and no secret", () =>
    Effect.gen(function* () {
      const found = yield* problems({
        AUDIENCES_PORT: "48o0",
        AUDIENCES_PUBLIC_URL: "audiences.example",
        AUDIENCES_DATABASE_URL: "mysql://me:hush@db/audiences",
        AUDIENCES_ROLE: "leader",
        AUDIENCES_SECRET_KEY: "sk_live_hush",
        AUDIENCES_UPLOADS: "gs://bucket",
        AUDIENCES_COLUMN_MEMORY: "1 Gb",
        AUDIENCES_GATE_MEMORY: "1 GB",
        AUDIENCES_LOG: "loud"
      })
      assert.sameMembers(
        found.map((line) => line.split(" ")[0]!),
        [
          "PORT",
          "PUBLIC_URL",
          "DATABASE_URL",
          "ROLE",
          "SECRET_KEY",
          "UPLOADS",
          "COLUMN_MEMORY",
          "GATE_MEMORY",
          "LOG"
        ].map((name) => `AUDIENCES_${name}`)
      )
      assert.notInclude(found.join(), "hush")
    })
  )

  it.effect("refuses a port out of range, and roles that need a database and a folder shared by all", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problems({ AUDIENCES_PORT: "65536" }), [
        "AUDIENCES_PORT must be a port, 0 to 65535"
      ])
      const [line] = yield* problems({ AUDIENCES_ROLE: "worker" })
      assert.include(line, "AUDIENCES_DATABASE_URL")
      const [folder] = yield* problems({ AUDIENCES_ROLE: "api", AUDIENCES_DATABASE_URL: "postgres://127.0.0.1/a" })
      assert.include(folder, "AUDIENCES_UPLOADS")
    })
  )

  it.effect("takes a folder or a bucket for uploads", () =>
    Effect.gen(function* () {
      const uploads = (text: string, env: Record<string, string> = {}) =>
        Effect.map(given({ AUDIENCES_UPLOADS: text, ...env }), (configuration) => configuration.uploads)
      const bucket = {
        _tag: "Bucket",
        bucket: "my-bucket",
        prefix: "",
        endpoint: undefined,
        region: undefined
      } as const
      assert.deepStrictEqual(yield* uploads("files"), { _tag: "Folder", path: resolve("files") })
      assert.deepStrictEqual(yield* uploads("s3://my-bucket"), bucket)
      assert.deepStrictEqual(yield* uploads("s3://my-bucket//"), bucket)
      assert.deepStrictEqual(yield* uploads("s3://my-bucket/a/b/", { AWS_REGION: "eu-central-1" }), {
        ...bucket,
        prefix: "a/b/",
        region: "eu-central-1"
      })
      assert.deepStrictEqual(yield* uploads("s3://my-bucket/a", { AWS_ENDPOINT_URL: "http://127.0.0.1:9000" }), {
        ...bucket,
        prefix: "a/",
        endpoint: "http://127.0.0.1:9000",
        region: "us-east-1"
      })
      for (const text of ["s3://", "s3://Bucket", "https://bucket", "s3:///bucket"]) {
        assert.lengthOf(yield* problems({ AUDIENCES_UPLOADS: text }), 1)
      }
    })
  )

  it.effect("takes memory with its unit", () =>
    Effect.gen(function* () {
      const bytes = (text: string) =>
        Effect.map(given({ AUDIENCES_COLUMN_MEMORY: text }), ({ columnMemoryBytes }) => columnMemoryBytes)
      assert.deepStrictEqual([yield* bytes("512MiB"), yield* bytes("3 gib")], [2 ** 29, 3 * 2 ** 30])
    })
  )

  it.effect("takes the slash off the end of the public URL", () =>
    Effect.gen(function* () {
      const { publicUrl } = yield* given({ AUDIENCES_PUBLIC_URL: "https://audiences.example/x/" })
      assert.deepStrictEqual(publicUrl, Option.some("https://audiences.example/x"))
    })
  )

  it.effect("takes encryption keys in base64 and hexadecimal, and does not repeat what is none", () =>
    Effect.gen(function* () {
      const [hex, base64] = ["0f".repeat(32), Buffer.alloc(32, 7).toString("base64")]
      const { encryptionKeys } = yield* given({ AUDIENCES_ENCRYPTION_KEY: `${hex}, ${base64}` })
      assert.deepStrictEqual(
        Redacted.value(encryptionKeys).map((key) => [key.length, key[0]]),
        [
          [32, 15],
          [32, 7]
        ]
      )
      for (const key of ["hush-hush", hex.slice(2), `${hex},`, `${base64}A`, Buffer.alloc(31).toString("base64")]) {
        const [problem] = yield* problems({ AUDIENCES_ENCRYPTION_KEY: key })
        assert.match(problem!, /^AUDIENCES_ENCRYPTION_KEY must be 32 bytes/)
        assert.notInclude(problem!, key)
      }
    })
  )

  it.effect("takes addresses to ask at instead of the vendors'", () =>
    Effect.gen(function* () {
      const { vendorUrls } = yield* given({
        AUDIENCES_VENDOR_URLS: "klaviyo=http://127.0.0.1:5150/,shopify=https://x.test"
      })
      assert.deepStrictEqual(
        [...vendorUrls],
        [
          ["klaviyo", "http://127.0.0.1:5150"],
          ["shopify", "https://x.test"]
        ]
      )
      for (const wrong of [
        "http://127.0.0.1",
        "nobody=http://x.test",
        "klaviyo=ftp://x.test",
        "klaviyo=http://x.test/a"
      ]) {
        assert.match((yield* problems({ AUDIENCES_VENDOR_URLS: wrong }))[0]!, /^AUDIENCES_VENDOR_URLS must be vendors/)
      }
    })
  )
})
