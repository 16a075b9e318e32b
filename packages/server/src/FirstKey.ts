import { makeSecretKey } from "@audiences/domain/SecretKey"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Console, Effect, FileSystem, Layer, Option, Path, Redacted } from "effect"
import { Configuration } from "./Configuration.ts"

const announcement = (secretKey: string, file: string) => `
  The secret key of the first organization, shown this once and kept in ${file}:

    ${secretKey}
`

const unknownKey =
  "AUDIENCES_SECRET_KEY is no key of this database, whose first organization was made with another: it will be refused"

/**
 * Makes the first organization, if there is none. A key that is generated reaches the disk before the database knows it, so that
 * a crash at any moment leaves no organization whose key nobody has: until it is known to be in use it waits in a file of its own.
 */
const make = Effect.gen(function* () {
  const { dataDir, secretKey } = yield* Configuration
  const organizations = yield* Organizations
  const works = (key: Redacted.Redacted<string>) => Effect.isSuccess(organizations.authenticate(key))
  if (Option.isSome(secretKey)) {
    yield* organizations.bootstrap(secretKey)
    if (!(yield* works(secretKey.value))) yield* Effect.logWarning(unknownKey)
    return
  }

  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(dataDir, "secret-key")
  const pending = path.join(dataDir, "secret-key.pending")

  const settle = Effect.fnUntraced(function* (key: Redacted.Redacted<string>) {
    yield* fs.rename(pending, file)
    yield* Console.log(announcement(Redacted.value(key), file))
  })

  if (yield* fs.exists(pending)) {
    const key = Redacted.make((yield* fs.readFileString(pending)).trim())
    if (yield* works(key)) return yield* settle(key)
  }
  yield* fs.makeDirectory(dataDir, { recursive: true })
  const key = yield* makeSecretKey("live")
  yield* fs.remove(pending, { force: true })
  yield* fs.writeFileString(pending, `${Redacted.value(key)}\n`, { mode: 0o600, flag: "wx" })
  const made = yield* organizations.bootstrap(Option.some(key))
  yield* Option.isSome(made) ? settle(key) : fs.remove(pending)
})

export const FirstKey = Layer.effectDiscard(make)
