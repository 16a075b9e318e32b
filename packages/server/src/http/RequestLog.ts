import { Clock, Effect, Exit, MutableRef } from "effect"
import { HttpServerError, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { CurrentRequest } from "./CurrentRequest.ts"

const withoutQuery = (url: string) => url.replace(/[?#;].*$/s, "")

/** Supervisors ask every few seconds; that is no news. */
const isProbe = (path: string) => path.startsWith("/health/")

/** One line for every request: never its query, headers or body, which may hold keys, signatures and personal data. */
export const withRequestLog = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { organizationId } = yield* CurrentRequest
    const path = withoutQuery(request.url)
    const started = yield* Clock.currentTimeNanos
    const exit = yield* Effect.exit(app)
    const durationMillis = Number((yield* Clock.currentTimeNanos) - started) / 1e6
    yield* Effect.logWithLevel(isProbe(path) ? "Debug" : "Info")(`${request.method} ${path}`).pipe(
      Effect.annotateLogs({
        method: request.method,
        path,
        status: Exit.isSuccess(exit) ? exit.value.status : HttpServerError.exitResponse(exit).status,
        durationMillis: Math.round(durationMillis * 10) / 10,
        ...(MutableRef.get(organizationId) === undefined ? {} : { organizationId: MutableRef.get(organizationId) })
      })
    )
    return yield* exit
  })
