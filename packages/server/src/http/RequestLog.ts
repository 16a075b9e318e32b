import { Clock, Effect, Exit, MutableRef } from "effect"
import { HttpServerError, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { CurrentRequest } from "./CurrentRequest.ts"
import { countRequest } from "./RequestMetrics.ts"

const withoutQuery = (url: string) => url.replace(/[?#;].*$/s, "")

/** Supervisors ask every few seconds; that is no news. */
const isProbe = (path: string) => path.startsWith("/health/") || path === "/metrics"

const gateCheck = /^\/api\/audiences\/[^/]+\/members\/[^/]+$/

/** Of the answers at the gate, which may be tens of thousands in a second. */
export const gateLogLevel = "Debug"

/** What is expected all the time is no news. */
const levelOf = (method: string, path: string, status: number) =>
  isProbe(path) || (status === 200 && method === "GET" && gateCheck.test(path)) ? gateLogLevel : "Info"

/** One line for every request, and its count: never its query, headers or body, which may hold keys, signatures and personal data. */
export const withRequestLog = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { organizationId } = yield* CurrentRequest
    const path = withoutQuery(request.url)
    const started = yield* Clock.currentTimeNanos
    const exit = yield* Effect.exit(app)
    const durationMillis = Number((yield* Clock.currentTimeNanos) - started) / 1e6
    const status = Exit.isSuccess(exit) ? exit.value.status : HttpServerError.exitResponse(exit).status
    const context = yield* Effect.context<never>()
    countRequest(context, { method: request.method, url: request.url, status, durationMillis })
    yield* Effect.logWithLevel(levelOf(request.method, path, status))(`${request.method} ${path}`).pipe(
      Effect.annotateLogs({
        method: request.method,
        path,
        status,
        durationMillis: Math.round(durationMillis * 10) / 10,
        ...(MutableRef.get(organizationId) === undefined ? {} : { organizationId: MutableRef.get(organizationId) })
      })
    )
    return yield* exit
  })
