import { UploadMissing, UploadStore, UploadTooLarge } from "@audiences/engine/imports/uploads/UploadStore"
import { Uuid } from "@audiences/domain/Uuid"
import { Clock, Effect, Layer, Stream } from "effect"
import { createReadStream } from "node:fs"
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises"
import { dirname, join, resolve, sep } from "node:path"

/** Bytes of one piece of a file. */
const pieceBytes = 262_144

/** Where files are while they arrive. In the same folder as where they end up, so that moving them is one step. */
const arriving = ".arriving"

const promise = <A>(run: () => Promise<A>) => Effect.orDie(Effect.tryPromise(run))

/** A new name in a folder is kept only when the folder is, too. */
const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const publish = async (from: string, to: string): Promise<void> => {
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  await syncFolder(dirname(to))
}

const write = Effect.fnUntraced(function* <E, R>(
  file: FileHandle,
  body: Stream.Stream<Uint8Array, E, R>,
  maxBytes: number
) {
  let bytes = 0
  yield* Stream.runForEach(body, (piece) =>
    Effect.gen(function* () {
      bytes += piece.length
      if (bytes > maxBytes) return yield* new UploadTooLarge({ maxBytes })
      yield* promise(() => file.writeFile(piece))
    })
  )
  yield* promise(() => file.sync())
  return bytes
})

/** Uploads in a folder. What was arriving when a process died is cleared away at the first start an hour later. */
export const UploadStoreFile = (options: { readonly folder: string }) =>
  Layer.effect(
    UploadStore,
    Effect.gen(function* () {
      const root = resolve(options.folder)
      yield* promise(async () => {
        await mkdir(join(root, arriving), { recursive: true, mode: 0o700 })
      })
      const now = yield* Clock.currentTimeMillis
      yield* promise(() => removeStale(join(root, arriving), now))

      const pathOf = (key: string): string => {
        const path = resolve(root, key)
        if (!path.startsWith(root + sep)) throw new Error(`not a key: ${key}`)
        return path
      }

      return UploadStore.of({
        intake: {
          _tag: "Service",
          receive: (key, body, maxBytes) =>
            Effect.gen(function* () {
              const path = join(root, arriving, yield* yield* Uuid)
              yield* Effect.addFinalizer(() => promise(() => rm(path, { force: true })))
              const bytes = yield* Effect.acquireUseRelease(
                promise(() => open(path, "wx", 0o600)),
                (file) => write(file, body, maxBytes),
                (file) => promise(() => file.close())
              )
              return { bytes, publish: promise(() => publish(path, pathOf(key))) }
            })
        },
        read: (key) =>
          Stream.unwrap(
            Effect.map(
              Effect.acquireRelease(
                Effect.tryPromise({
                  try: () => open(pathOf(key), "r"),
                  catch: (error) => {
                    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new UploadMissing({ key })
                    throw error
                  }
                }),
                (file) => promise(() => file.close())
              ),
              (file) =>
                Stream.orDie(
                  Stream.fromAsyncIterable(
                    createReadStream("", { fd: file, highWaterMark: pieceBytes, autoClose: false }),
                    (error) => error
                  )
                )
            )
          ),
        remove: (key) => promise(() => rm(pathOf(key), { force: true }))
      })
    })
  )

/** Milliseconds after which a file that nothing was added to will not be finished. */
const staleMillis = 60 * 60 * 1000

/** Removes what interrupted uploads left behind. By age, since other processes, on other hosts, may be receiving into the same folder. */
const removeStale = async (folder: string, now: number): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const written = await stat(path).catch(() => undefined)
    if (written !== undefined && now - written.mtimeMs > staleMillis) await rm(path, { force: true })
  }
}
