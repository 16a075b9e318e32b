import { Data, Effect, Option, Schedule, Stream } from "effect"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { Import, ImportQuery } from "@audiences/domain/Import"
import { AudiencesClient } from "./AudiencesClient.ts"
import { failureText, isNews, isOver, lookAgainMillis, lostText, patience } from "./imports/ImportProgress.ts"
import { type UploadBody, type UploadOptions, Uploads } from "./Uploads.ts"

/** The import that was followed did not complete. Absent: it can no longer be found. */
export class ImportFailed extends Data.TaggedError("ImportFailed")<{ readonly import?: Import }> {
  override get message() {
    return this.import === undefined ? lostText : failureText(this.import)
  }
}

/** The server shows the latest import of an audience, which another one may have become. */
const look = Effect.fnUntraced(function* (audienceId: AudienceId, id: string) {
  const { audiences, imports } = yield* AudiencesClient
  const latest = yield* imports.latest({ params: { audienceId } })
  if (latest.id === id) return latest
  const { imports: all } = yield* audiences.get({ params: { audienceId } })
  const found = all.find((each) => each.id === id)
  return found ?? (yield* new ImportFailed({}))
})

/** Whether the server may be well again when it is asked the next time. */
const mayPass = (error: Effect.Error<ReturnType<typeof look>>): boolean => {
  switch (error._tag) {
    case "HttpClientError":
      return error.response === undefined || error.response.status >= 500
    case "CircuitOpen":
    case "InternalServerError":
    case "RateLimited":
      return true
    default:
      return false
  }
}

const lookPatiently = (audienceId: AudienceId, id: string) =>
  Effect.retry(look(audienceId, id), { while: mayPass, times: patience, schedule: Schedule.spaced("5 seconds") })

interface Seen {
  readonly state: Import
  readonly looked: number
}

const follow = (audienceId: AudienceId, begun: Import) =>
  Stream.paginate({ state: begun, looked: 0 } as Seen, ({ looked, state: before }) =>
    Effect.gen(function* () {
      if (looked > 0) yield* Effect.sleep(lookAgainMillis(looked - 1))
      const state = yield* lookPatiently(audienceId, begun.id)
      const news = isNews(before, state) ? [state] : []
      return [news, isOver(state) ? Option.none() : Option.some({ state, looked: looked + 1 })] as const
    })
  )

/**
 * Imports a file: creates the import, sends the file and waits. Every state that the import passes through, from its beginning to its
 * end; fails with `ImportFailed`, after the last state, if it does not complete.
 */
export const uploadImport = (
  audienceId: AudienceId,
  body: UploadBody,
  options: UploadOptions & { readonly query?: ImportQuery } = {}
) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { imports } = yield* AudiencesClient
      const { uploadCsv } = yield* Uploads
      const { uploadUrl, ...begun } = yield* imports.create({ params: { audienceId }, query: options.query ?? {} })
      const sent = Stream.fromEffectDrain(uploadCsv(uploadUrl, body, options))
      return Stream.make<[Import]>(begun).pipe(Stream.concat(sent), Stream.concat(follow(audienceId, begun)))
    })
  ).pipe(
    Stream.flatMap((state) =>
      state.status === "FAILED"
        ? Stream.concat(Stream.make(state), Stream.fail(new ImportFailed({ import: state })))
        : Stream.make(state)
    )
  )
