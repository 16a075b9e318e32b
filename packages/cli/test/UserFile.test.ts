import { assert, it } from "@effect/vitest"
import { ByteSize, Effect, FileSystem, Option, Path, PlatformError, Stdio } from "effect"
import { openUserFile } from "../src/UserFile.ts"

/** Tests may run as somebody who can read everything. */
const unreadable = FileSystem.layerNoop({
  stat: () =>
    Effect.succeed({ type: "File", size: ByteSize.fromInputUnsafe(5), mtime: Option.none() } as FileSystem.File.Info),
  access: (file) =>
    Effect.fail(
      PlatformError.systemError({
        _tag: "PermissionDenied",
        module: "FileSystem",
        method: "access",
        pathOrDescriptor: file
      })
    )
})

it.effect("a file that may not be read is refused when it is opened, not when it is read", () =>
  Effect.gen(function* () {
    const refused = yield* Effect.flip(openUserFile("/private.csv"))
    assert.strictEqual(refused.message, "/private.csv cannot be read: permission denied.")
  }).pipe(Effect.provide([unreadable, Path.layer, Stdio.layerTest({})]))
)
