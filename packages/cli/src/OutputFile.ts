import { Uuid } from "@audiences/domain/Uuid"
import { Effect, FileSystem, Option, Path, PlatformError, Stdio, Stream } from "effect"
import { Flag } from "effect/cli"
import { UsageError } from "./UsageError.ts"
import { standardInput, userPath } from "./UserFile.ts"

const isPlatformError = (error: unknown): error is PlatformError.PlatformError =>
  error instanceof PlatformError.PlatformError

const unwritable = (file: string, error: PlatformError.PlatformError) => {
  const why =
    error.reason._tag === "NotFound"
      ? "there is no such directory"
      : error.reason._tag === "PermissionDenied"
        ? "permission denied"
        : error.message
  return new UsageError({ message: `${file} cannot be written: ${why}.` })
}

/** Refuses a file that could not be written, before the work whose result it is to have. */
export const writableOutput = Effect.fnUntraced(function* (file: string) {
  if (file === standardInput) return
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const found = yield* Effect.orDie(userPath(file))
  const there = yield* Effect.option(fs.stat(found))
  if (Option.isSome(there) && there.value.type === "Directory") {
    return yield* new UsageError({ message: `${found} is a directory.` })
  }
  // A device or a pipe is written to, anything else replaced.
  const written = Option.isSome(there) && there.value.type !== "File" ? found : path.dirname(found)
  yield* Effect.mapError(fs.access(written, { writable: true }), (error) => unwritable(found, error))
})

/** All or nothing: a file that is there already stays as it is until the new one is whole. */
const writeWhole = Effect.fnUntraced(function* <E, R>(found: string, bytes: Stream.Stream<Uint8Array, E, R>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const there = yield* Effect.option(fs.stat(found))
  const failed = <A, E, R>(writing: Effect.Effect<A, E, R>) =>
    Effect.mapError(writing, (error) => (isPlatformError(error) ? unwritable(found, error) : error))
  if (Option.isSome(there) && there.value.type === "Directory") {
    return yield* new UsageError({ message: `${found} is a directory.` })
  }
  // A device or a pipe cannot be replaced, only written to.
  if (Option.isSome(there) && there.value.type !== "File") return yield* failed(Stream.run(bytes, fs.sink(found)))
  // A link stays a link.
  const target = Option.isSome(there) ? yield* failed(fs.realPath(found)) : found
  const partial = path.join(path.dirname(target), `.${path.basename(target)}.${yield* yield* Uuid}`)
  const mode = Option.isSome(there) ? { mode: there.value.mode & 0o777 } : {}
  yield* Stream.run(bytes, fs.sink(partial, { flag: "wx", ...mode })).pipe(
    Effect.andThen(fs.rename(partial, target)),
    Effect.onExit((exit) => (exit._tag === "Success" ? Effect.void : Effect.ignore(fs.remove(partial)))),
    failed
  )
})

/** Writes bytes to a file, or to standard output when none is named, or `-` is. */
export const writeOutput = Effect.fnUntraced(function* <E, R>(
  file: Option.Option<string>,
  bytes: Stream.Stream<Uint8Array, E, R>
) {
  if (Option.isNone(file) || file.value === standardInput) {
    const stdio = yield* Stdio.Stdio
    return yield* Stream.run(bytes, stdio.stdout())
  }
  yield* writeWhole(yield* Effect.orDie(userPath(file.value)), bytes)
})

export const outputFlag = Flag.String("output").pipe(
  Flag.withAlias("o"),
  Flag.optional,
  Flag.withMetavar("file"),
  Flag.withDescription("Where to write it; standard output unless given")
)
