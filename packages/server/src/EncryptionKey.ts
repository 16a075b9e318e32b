import { encryptionKey, EncryptionKeys } from "@audiences/engine/integrations/EncryptionKeys"
import { Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { Configuration, ConfigurationError } from "./Configuration.ts"
import { parseEncryptionKey } from "./EncryptionKeyText.ts"
import { randomBytes } from "node:crypto"

/**
 * The key in the data directory, made if need be. It is whole or absent at any moment, and of two processes that make one the first is
 * believed: a link fails where a file is.
 */
const kept = Effect.fnUntraced(function* (file: string, make: boolean) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* fs.exists(file))) {
    if (!make) return []
    yield* fs.makeDirectory((yield* Path.Path).dirname(file), { recursive: true })
    const pending = `${file}.${randomBytes(6).toString("hex")}`
    yield* fs.writeFileString(pending, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" })
    yield* fs.link(pending, file).pipe(
      Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.void),
      Effect.ensuring(Effect.ignore(fs.remove(pending)))
    )
  }
  const key = parseEncryptionKey((yield* fs.readFileString(file)).trim())
  if (key === undefined) return yield* new ConfigurationError({ message: `${file} does not hold an encryption key` })
  if (((yield* fs.stat(file)).mode & 0o077) !== 0) {
    yield* Effect.logWarning(`${file} can be read by others: give it the mode 600`)
  }
  return [encryptionKey(key)]
})

/**
 * With what credentials of vendors are encrypted: the configured keys, else one that is kept in the data directory. Where several
 * processes share a database each would make its own, so there none is made. One that was made still decrypts when others are configured.
 */
export const EncryptionKey = Layer.effect(
  EncryptionKeys,
  Effect.gen(function* () {
    const { dataDir, encryptionKeys, role } = yield* Configuration
    const configured = Redacted.value(encryptionKeys).map(encryptionKey)
    const file = (yield* Path.Path).join(dataDir, "encryption-key")
    return [...configured, ...(yield* kept(file, configured.length === 0 && role === "all"))]
  })
)
