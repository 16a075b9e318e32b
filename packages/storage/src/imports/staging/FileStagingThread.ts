import { FileStaging, type StagedFile, type UnstagedFile } from "@audiences/engine/imports/staging/FileStaging"
import { FileRefused } from "@audiences/engine/imports/FileRefused"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option, Redacted, Stream } from "effect"
import { Thread, ThreadDied, threadProgram } from "../../threads/Thread.ts"
import { stagingFailure } from "./StagingPool.ts"
import type { StagingEnd, StagingReply, StagingRequest, StagingWork } from "./StagingMessages.ts"

const program = threadProgram("stagingThread", import.meta.url)

/** Bytes from which a file is worth a thread, whose start takes as long as some thousand rows. */
const threadedBytes = 1024 ** 2

const start = (work: StagingWork) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const ignore = () => undefined
      return new Thread(program, work, ignore, ignore)
    }),
    ({ worker }) => Effect.promise(() => worker.terminate())
  )

/** A thread that died is like a database that is away: the import goes on from where it was, some other time. */
const ask = (thread: Thread, body: StagingRequest): Effect.Effect<StagingReply> =>
  Effect.tryPromise({
    try: () =>
      thread.request(body, (reply: StagingReply) => reply, "piece" in body ? [body.piece.buffer as ArrayBuffer] : []),
    catch: (error) => (error instanceof ThreadDied ? stagingFailure(error) : error)
  }).pipe(Effect.orDie)

const outcome = (end: StagingEnd): Effect.Effect<StagedFile, FileRefused> => {
  switch (end._tag) {
    case "Staged":
      return Effect.succeed(end.staged)
    case "Refused":
      return Effect.fail(new FileRefused({ line: end.line, message: end.message }))
    case "DatabaseFailed":
      return Effect.die(stagingFailure(new Error(end.message)))
  }
}

const inThread = Effect.fnUntraced(function* <E>(url: string, file: UnstagedFile, bytes: Stream.Stream<Uint8Array, E>) {
  const thread = yield* start({ url, file, limits: yield* ImportLimits })
  const early = yield* bytes.pipe(
    // A copy, since what is sent is gone here.
    Stream.mapEffect((piece) => ask(thread, { piece: new Uint8Array(piece) })),
    Stream.filter((reply) => reply !== "more"),
    Stream.runHead
  )
  const end = Option.isSome(early) ? early.value : yield* ask(thread, { end: true })
  return yield* outcome(end as StagingEnd)
}, Effect.scoped)

/** Large files are read and staged each in a thread of its own, so that nobody who asks something meanwhile waits for it. */
export const FileStagingThread = (options: { readonly fromBytes?: number } = {}) =>
  Layer.effect(
    FileStaging,
    Effect.gen(function* () {
      const here = yield* FileStaging
      const { config } = yield* PgClient.PgClient
      const url = Redacted.value(config.url ?? Redacted.make(""))
      return FileStaging.of({
        stage: (file, bytes) =>
          (file.standing.fileSize ?? 0) < (options.fromBytes ?? threadedBytes)
            ? here.stage(file, bytes)
            : inThread(url, file, bytes)
      })
    })
  ).pipe(Layer.provide(FileStaging.layer))
