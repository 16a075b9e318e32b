import { DateTime, Effect, FileSystem, Option, Schema } from "effect"
import { Instant } from "@audiences/domain/Instant"
import { UsageError } from "../UsageError.ts"
import { userPath } from "../UserFile.ts"

/** How far a migration got: everybody who was created before an instant is copied. */
const Checkpoint = Schema.Struct({ from: Schema.String, to: Schema.String, copiedUntil: Instant })

const fromText = Schema.decodeUnknownEffect(Schema.fromJsonString(Checkpoint))
const toText = Schema.encodeUnknownEffect(Schema.fromJsonString(Checkpoint))

/** The file that says how far the way from one server to another is done. */
export const checkpointFile = Effect.fnUntraced(function* (file: string, from: string, to: string) {
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
      return Option.some(found.copiedUntil)
    }),
    /** Replaces the file in one step, so that a kill leaves the old or the new. */
    write: (copiedUntil: DateTime.Utc) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(`${path}.new`, yield* Effect.orDie(toText({ from, to, copiedUntil })))
        yield* fs.rename(`${path}.new`, path)
      }).pipe(Effect.mapError(({ message }) => unusable(`cannot be written: ${message}`))),
    remove: Effect.ignore(fs.remove(path, { force: true }))
  }
})
