import { DateTime, Effect, FileSystem, Option, Redacted, Schema } from "effect"
import { Instant } from "@audiences/domain/Instant"
import { UsageError } from "../UsageError.ts"
import { userPath } from "../UserFile.ts"

/** How far a migration got: everybody who was created before an instant is copied. */
const Checkpoint = Schema.Struct({
  from: Schema.String,
  to: Schema.String,
  /** Stands for the organizations, which no operation tells of a key. */
  keys: Schema.String,
  copiedUntil: Instant
})

/** One side of a migration: a server, and the key of one of its organizations. */
export interface Side {
  readonly baseUrl: string
  readonly apiKey: Redacted.Redacted
}

/** Tells two pairs of keys apart and gives neither away: the first bytes of their SHA-256. */
const fingerprint = (keys: ReadonlyArray<Redacted.Redacted>) =>
  Effect.map(
    Effect.promise(() =>
      crypto.subtle.digest("SHA-256", new TextEncoder().encode(keys.map(Redacted.value).join("\n")))
    ),
    (digest) => Buffer.from(digest, 0, 8).toString("hex")
  )

const fromText = Schema.decodeUnknownEffect(Schema.fromJsonString(Checkpoint))
const toText = Schema.encodeUnknownEffect(Schema.fromJsonString(Checkpoint))

/** The file that says how far the way from one organization to another is done. */
export const checkpointFile = Effect.fnUntraced(function* (file: string, source: Side, target: Side) {
  const { baseUrl: from } = source
  const { baseUrl: to } = target
  const keys = yield* fingerprint([source.apiKey, target.apiKey])
  const fs = yield* FileSystem.FileSystem
  const path = yield* Effect.orDie(userPath(file))
  const unusable = (why: string) =>
    new UsageError({ message: `${path} ${why}. Delete it to begin anew, or name another file with --checkpoint.` })
  return {
    read: Effect.gen(function* () {
      if (!(yield* Effect.orElseSucceed(fs.exists(path), () => false))) return Option.none<DateTime.Utc>()
      const text = yield* Effect.mapError(fs.readFileString(path), ({ message }) =>
        unusable(`cannot be read: ${message}`)
      )
      const found = yield* Effect.mapError(fromText(text), () => unusable("is no checkpoint of a migration"))
      if (found.from !== from || found.to !== to)
        return yield* unusable(`belongs to the migration from ${found.from} to ${found.to}`)
      if (found.keys !== keys)
        return yield* unusable("was begun with other keys, which may be those of other organizations")
      return Option.some(found.copiedUntil)
    }),
    /** Replaces the file in one step, so that a kill leaves the old or the new. */
    write: (copiedUntil: DateTime.Utc) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(`${path}.new`, yield* Effect.orDie(toText({ from, to, keys, copiedUntil })))
        yield* fs.rename(`${path}.new`, path)
      }).pipe(Effect.mapError(({ message }) => unusable(`cannot be written: ${message}`))),
    remove: Effect.ignore(fs.remove(path, { force: true }))
  }
})
