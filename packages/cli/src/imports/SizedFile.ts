import { Effect, FileSystem, Stream } from "effect"
import { Progress } from "../output/Progress.ts"
import { UsageError } from "../UsageError.ts"
import type { UserFile } from "../UserFile.ts"
import { sizeText } from "./SizeText.ts"

const unkept = (error: { readonly message: string }) =>
  new UsageError({
    message: `The input cannot be kept in a temporary file: ${error.message}. TMPDIR says where temporary files go.`
  })

/**
 * The file with its size, to be read as often as wanted. Of input whose end is not known, a copy that only its user can read is kept until
 * the scope closes: object stores take no file whose length they are not told beforehand.
 */
export const sizedFile = Effect.fnUntraced(
  function* (file: UserFile) {
    if (file.size !== undefined) return file
    const fs = yield* FileSystem.FileSystem
    const progress = yield* Progress
    const directory = yield* Effect.mapError(fs.makeTempDirectoryScoped({ prefix: "audiences-" }), unkept)
    const copy = `${directory}/input`
    let size = 0
    yield* file.bytes.pipe(
      Stream.tap((chunk) => {
        size += chunk.length
        return progress.show({ label: "Reading", details: [sizeText(size)] })
      }),
      Stream.run(fs.sink(copy, { mode: 0o600 })),
      Effect.mapError((error) => (error instanceof UsageError ? error : unkept(error)))
    )
    return { size, bytes: Stream.mapError(fs.stream(copy), unkept) } satisfies UserFile as UserFile
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end))
)
