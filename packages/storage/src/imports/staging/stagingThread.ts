import { stageRows } from "@audiences/engine/imports/staging/FileStaging"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportRowRepo } from "@audiences/engine/imports/staging/ImportRowRepo"
import { type Cause, Effect, Layer, Queue, Stream } from "effect"
import { SqlError } from "effect/sql"
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import { type Answer, failed, type Request } from "../../threads/ThreadMessages.ts"
import { importRowRepo } from "./ImportRowRepoSql.ts"
import type { StagingEnd, StagingReply, StagingRequest, StagingWork } from "./StagingMessages.ts"

// The program of a thread that reads one file and stages its rows.

/** Pieces that wait to be read. */
const waitingPieces = 2

type Pieces = Queue.Queue<Uint8Array, Cause.Done>

const staging = ({ file, limits, url }: StagingWork, pieces: Pieces): Effect.Effect<StagingEnd> =>
  stageRows(file, Stream.fromQueue(pieces)).pipe(
    Effect.map((staged): StagingEnd => ({ _tag: "Staged", staged })),
    Effect.catchTag("FileRefused", ({ line, message }) => Effect.succeed({ _tag: "Refused" as const, line, message })),
    Effect.catchDefect((defect) =>
      SqlError.isSqlError(defect)
        ? Effect.succeed({ _tag: "DatabaseFailed" as const, message: `${defect.reason.cause as Error}` })
        : Effect.die(defect)
    ),
    Effect.provideService(ImportLimits, limits),
    Effect.provide(Layer.effect(ImportRowRepo, importRowRepo(url)))
  )

const stage = (port: MessagePort, work: StagingWork): void => {
  const pieces: Pieces = Effect.runSync(Queue.bounded(waitingPieces))
  const ended = Effect.runPromise(staging(work, pieces))
  // Whoever sends the next piece, or the end, is told.
  ended.catch(() => undefined)
  const reply = (body: StagingRequest): Promise<StagingReply> =>
    "end" in body
      ? Effect.runPromise(Queue.end(pieces)).then(() => ended)
      : Promise.race([ended, Effect.runPromise(Effect.as(Queue.offer(pieces, body.piece), "more" as const))])
  port.on("message", ({ body, id }: Request<StagingRequest>) => {
    reply(body).then(
      (answer) => port.postMessage({ id, body: answer } satisfies Answer<StagingReply>),
      (error: unknown) => port.postMessage(failed(id, error))
    )
  })
}

if (parentPort !== null) stage(parentPort, workerData as StagingWork)
