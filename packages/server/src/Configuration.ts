import { secretKeyMode } from "@audiences/domain/SecretKey"
import { Vendor } from "@audiences/domain/Vendor"
import { Config, Context, Effect, Layer, type LogLevel, Option, Redacted, Result, Schema } from "effect"
import { resolve } from "node:path"
import { parseEncryptionKey } from "./EncryptionKeyText.ts"
import { awsPlace, parseUploads, type Uploads } from "./Uploads.ts"

/** What is wrong with the environment, one line for each variable, without the values of secrets. */
export class ConfigurationError extends Schema.TaggedError<ConfigurationError>()("ConfigurationError", {
  message: Schema.String
}) {}

const logLevels: Readonly<Record<string, LogLevel.LogLevel>> = {
  trace: "Trace",
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error",
  none: "None"
}

const isVendor = Schema.is(Vendor)

const roles = ["all", "api", "worker"] as const
export type Role = (typeof roles)[number]

/** The environment, read once. */
export class Configuration extends Context.Service<
  Configuration,
  {
    readonly host: string
    /** 0: any free port. */
    readonly port: number
    /** How clients reach this service, without a slash at the end; it is what upload URLs begin with. */
    readonly publicUrl: Option.Option<string>
    readonly dataDir: string
    /** None: an embedded PostgreSQL under the data directory. */
    readonly databaseUrl: Option.Option<Redacted.Redacted<string>>
    readonly role: Role
    /** The key to give the first organization. */
    readonly secretKey: Option.Option<Redacted.Redacted<string>>
    readonly uploads: Uploads
    /** What columns for evaluation may take, over all organizations. */
    readonly columnMemoryBytes: number
    /** What the gate may keep in memory, over all organizations. */
    readonly gateMemoryBytes: number
    readonly logLevel: LogLevel.LogLevel
    /** Requests a minute and organization; 0: as many as come. */
    readonly rateLimit: number
    /** The same for the gate. */
    readonly gateRateLimit: number
    /** Keys of AES-256 for credentials of vendors, the one that encrypts first; none: one is kept in the data directory. */
    readonly encryptionKeys: Redacted.Redacted<ReadonlyArray<Uint8Array>>
    /** Servers that stand in for vendors, by vendor, as origins. */
    readonly vendorUrls: ReadonlyMap<string, string>
  }
>()("@audiences/server/Configuration") {
  static readonly layer = Layer.effect(
    Configuration,
    Effect.suspend(() => load)
  )
}

type Read<A> = Result.Result<A, string>

/** An empty variable is an unset one: that is how a Compose file or a shell leaves it out. */
const read = <A>(
  name: string,
  parse: (text: string) => A | undefined,
  expected: string,
  fallback: A
): Effect.Effect<Read<A>> =>
  Effect.map(Effect.option(Config.String(name)), (value) => {
    const text = Option.getOrElse(value, () => "").trim()
    if (text === "") return Result.succeed(fallback)
    const parsed = parse(text)
    return parsed === undefined ? Result.fail(`${name} must be ${expected}`) : Result.succeed(parsed)
  })

const url = (text: string, protocols: ReadonlyArray<string>) => {
  const parsed = URL.parse(text)
  return parsed !== null && protocols.includes(parsed.protocol) ? parsed : undefined
}

const parsePort = (text: string) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined)

const parsePublicUrl = (text: string) => {
  const parsed = url(text, ["http:", "https:"])
  return parsed === undefined || parsed.search !== "" || parsed.hash !== ""
    ? undefined
    : Option.some(parsed.href.replace(/\/+$/, ""))
}

const parseDatabaseUrl = (text: string) =>
  url(text, ["postgres:", "postgresql:"]) === undefined
    ? undefined
    : Option.some(Redacted.make(text, { label: "database" }))

const parseSecretKey = (text: string) =>
  secretKeyMode(text) === undefined ? undefined : Option.some(Redacted.make(text, { label: "secret key" }))

const unitBytes: Readonly<Record<string, number>> = { KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 }

const parseBytes = (text: string) => {
  const [, count, unit = ""] = /^(\d{1,6})\s*([KMGT]iB)$/i.exec(text) ?? []
  const bytes = unitBytes[unit.toUpperCase()]
  return count === undefined || bytes === undefined ? undefined : Number(count) * bytes
}
const parseLimit = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)

const parseEncryptionKeys = (text: string) => {
  const keys = text.split(",").map((each) => parseEncryptionKey(each.trim()))
  return keys.every((each) => each !== undefined) ? Redacted.make(keys, { label: "encryption keys" }) : undefined
}

const parseVendorUrls = (text: string) => {
  const parsed = text.split(",").map((each) => {
    const [, vendor, address] = /^\s*([a-z]+)=(\S+)\s*$/.exec(each) ?? []
    const at = address === undefined ? undefined : url(address, ["http:", "https:"])
    return vendor !== undefined && isVendor(vendor) && at?.pathname === "/" && at.search === ""
      ? ([vendor, at.origin] as const)
      : undefined
  })
  return parsed.every((each) => each !== undefined) ? new Map(parsed) : undefined
}

const unset = <A>(): Option.Option<A> => Option.none()

const load = Effect.gen(function* () {
  const settings = {
    host: yield* read(
      "AUDIENCES_HOST",
      (text) => (/\s|\//.test(text) ? undefined : text),
      "a host name or an IP address",
      "127.0.0.1"
    ),
    port: yield* read("AUDIENCES_PORT", parsePort, "a port, 0 to 65535", 4800),
    publicUrl: yield* read(
      "AUDIENCES_PUBLIC_URL",
      parsePublicUrl,
      "an http or https URL without a query",
      unset<string>()
    ),
    dataDir: yield* read("AUDIENCES_DATA_DIR", (text) => resolve(text), "a folder", resolve("data")),
    databaseUrl: yield* read(
      "AUDIENCES_DATABASE_URL",
      parseDatabaseUrl,
      "a PostgreSQL URL, such as postgres://user:password@host:5432/audiences",
      unset<Redacted.Redacted<string>>()
    ),
    role: yield* read(
      "AUDIENCES_ROLE",
      (text) => roles.find((role) => role === text),
      `one of ${roles.join(", ")}`,
      "all" as Role
    ),
    secretKey: yield* read(
      "AUDIENCES_SECRET_KEY",
      parseSecretKey,
      "a key of this service: sk_live_ and 38 letters and digits, the last 6 a checksum (unset it to have one generated)",
      unset<Redacted.Redacted<string>>()
    ),
    uploads: yield* read(
      "AUDIENCES_UPLOADS",
      parseUploads(yield* awsPlace),
      "a folder, or a bucket such as s3://bucket/prefix (the name of a bucket: 3 to 63 of a-z, 0-9, dots and hyphens)",
      unset<Uploads>()
    ),
    columnMemoryBytes: yield* read(
      "AUDIENCES_COLUMN_MEMORY",
      parseBytes,
      "a whole number of KiB, MiB, GiB or TiB, such as 512MiB",
      2 ** 30
    ),
    gateMemoryBytes: yield* read(
      "AUDIENCES_GATE_MEMORY",
      parseBytes,
      "a whole number of KiB, MiB, GiB or TiB, such as 512MiB",
      512 * 2 ** 20
    ),
    logLevel: yield* read(
      "AUDIENCES_LOG",
      (text) => logLevels[text.toLowerCase()],
      `one of ${Object.keys(logLevels).join(", ")}`,
      "Info" as LogLevel.LogLevel
    ),
    rateLimit: yield* read("AUDIENCES_RATE_LIMIT", parseLimit, "a number of requests a minute, 0 for no limit", 1000),
    gateRateLimit: yield* read(
      "AUDIENCES_GATE_RATE_LIMIT",
      parseLimit,
      "a number of requests a minute, 0 for no limit",
      0
    ),
    encryptionKeys: yield* read(
      "AUDIENCES_ENCRYPTION_KEY",
      parseEncryptionKeys,
      "32 bytes in base64 or hexadecimal, such as `openssl rand -base64 32` gives (several by commas, the one that encrypts first)",
      Redacted.make<ReadonlyArray<Uint8Array>>([], { label: "encryption keys" })
    ),
    vendorUrls: yield* read(
      "AUDIENCES_VENDOR_URLS",
      parseVendorUrls,
      `vendors and the addresses to ask at instead of theirs, such as klaviyo=http://127.0.0.1:5150 (vendors: ${Vendor.literals.join(", ")})`,
      new Map<string, string>()
    )
  }
  const problems = Object.values<Read<unknown>>(settings).flatMap((setting) =>
    Result.isFailure(setting) ? [setting.failure] : []
  )
  if (problems.length > 0) return yield* new ConfigurationError({ message: problems.join("\n") })
  const valid = Result.getOrThrow(Result.all(settings))
  if (valid.role !== "all" && Option.isNone(valid.databaseUrl)) {
    return yield* new ConfigurationError({
      message: `AUDIENCES_ROLE=${valid.role} needs AUDIENCES_DATABASE_URL: the embedded database serves one process`
    })
  }
  if (valid.role !== "all" && Option.isNone(valid.uploads)) {
    return yield* new ConfigurationError({
      message: `AUDIENCES_ROLE=${valid.role} needs AUDIENCES_UPLOADS: a bucket, or a folder that every process of the service sees`
    })
  }
  return Configuration.of({
    ...valid,
    uploads: Option.getOrElse(valid.uploads, (): Uploads => ({
      _tag: "Folder",
      path: resolve(valid.dataDir, "uploads")
    }))
  })
})
