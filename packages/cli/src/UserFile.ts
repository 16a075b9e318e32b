import { ByteSize, Config, Effect, FileSystem, Path, Stdio, Stream } from "effect"
import { UsageError } from "./UsageError.ts"

/** Names standard input. */
export const standardInput = "-"

/**
 * A path as the person who typed it meant it. `npm run audiences` runs in the root of the repository, whatever directory it was
 * typed in; npm keeps that in INIT_CWD. Other commands of npm inherit the variable, and have changed directory on purpose.
 */
export const userPath = Effect.fnUntraced(function* (file: string) {
  const path = yield* Path.Path
  const script = yield* Config.String("npm_lifecycle_event").pipe(Config.withDefault(""))
  const typedIn = yield* Config.String("INIT_CWD").pipe(Config.withDefault(""))
  return script === "audiences" && typedIn !== "" ? path.resolve(typedIn, file) : path.resolve(file)
})

const unreadable =
  (file: string) => (error: { readonly reason: { readonly _tag: string }; readonly message: string }) => {
    const why =
      error.reason._tag === "NotFound"
        ? "there is no such file"
        : error.reason._tag === "PermissionDenied"
          ? "permission denied"
          : error.message
    return new UsageError({ message: `${file} cannot be read: ${why}.` })
  }

export interface UserFile {
  /** Bytes; unknown of standard input. */
  readonly size: number | undefined
  readonly bytes: Stream.Stream<Uint8Array, UsageError>
}

/** A file that is there and can be read as a stream, as often as wanted; standard input only once. */
export const openUserFile = Effect.fnUntraced(function* (file: string) {
  if (file === standardInput) {
    const { stdin } = yield* Stdio.Stdio
    return {
      size: undefined,
      bytes: Stream.mapError(stdin, unreadable("Standard input"))
    } satisfies UserFile as UserFile
  }
  const fs = yield* FileSystem.FileSystem
  const found = yield* Effect.orDie(userPath(file))
  const { size, type } = yield* Effect.mapError(fs.stat(found), unreadable(found))
  if (type === "Directory") return yield* new UsageError({ message: `${found} is a directory.` })
  yield* Effect.mapError(fs.access(found, { readable: true }), unreadable(found))
  return {
    // A pipe, such as `<(…)` of a shell, has no size.
    size: type === "File" ? ByteSize.toNumberUnsafe(size) : undefined,
    bytes: Stream.mapError(fs.stream(found), unreadable(found))
  } satisfies UserFile as UserFile
})

/** What an argument says: itself, or after `@` the text of a file; `-` alone is `@-`, standard input. */
export const readArgument = (argument: string) =>
  argument === standardInput
    ? readUserFile(standardInput)
    : argument.startsWith("@")
      ? readUserFile(argument.slice(1))
      : Effect.succeed(argument)

/** The whole text of a file. */
export const readUserFile = Effect.fnUntraced(function* (file: string) {
  const { bytes } = yield* openUserFile(file)
  return (yield* Stream.mkString(Stream.decodeText(bytes))).replace(/^\uFEFF/, "")
})
