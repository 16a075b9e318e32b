import { basePath } from "@audiences/domain/api/Api"
import { AudienceId } from "@audiences/domain/AudienceId"
import { ConsumerId } from "@audiences/domain/Consumer"
import { MemberCheck } from "@audiences/domain/MemberCheck"
import { uuidV7 } from "@audiences/domain/UuidV7"
import { Gate } from "@audiences/engine/gate/Gate"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { Clock, Effect, Layer, LogLevel, References, Schema } from "effect"
import type { IncomingMessage } from "node:http"
import { Ahead, type AheadListener } from "./Ahead.ts"
import { rateLimitHeaders } from "./RateLimitHttp.ts"
import { givenRequestId } from "./RequestIds.ts"
import { gateLogLevel } from "./RequestLog.ts"
import { gateAnswers } from "./RequestMetrics.ts"

const uuid = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"

/** What is answered here is written as programs write it; any other spelling is the router's. */
const question = new RegExp(`^${basePath}/audiences/${uuid}/members/${uuid}(?:\\?maxStaleSeconds=(\\d{1,9}))?$`)

const encode = Schema.encodeSync(MemberCheck)

/** Equal answers are one object: each is written once. */
const bodies = new WeakMap<MemberCheck, string>()

/** All of it is ASCII: as many bytes as characters. */
const bodyOf = (answer: MemberCheck): string => {
  let body = bodies.get(answer)
  if (body === undefined) bodies.set(answer, (body = JSON.stringify(encode(answer))))
  return body
}

const scheme = "Bearer "

/** A request as a client sends it by default: nothing in it asks for more than the answer. */
const isPlain = ({ headers, httpVersion, method }: IncomingMessage): boolean =>
  method === "GET" &&
  httpVersion === "1.1" &&
  headers["content-length"] === undefined &&
  headers["transfer-encoding"] === undefined &&
  headers.upgrade === undefined &&
  headers.expect === undefined

/**
 * Answers the check of one consumer ahead of the router, which takes four times as long, where key and membership are in memory and the
 * answer is a 200. Everything else is left to the router, whose handler gives the same answers, byte for byte.
 */
export const GateListener = Layer.effectDiscard(
  Effect.gen(function* () {
    const gate = yield* Gate
    const organizations = yield* Organizations
    const limits = yield* RateLimits
    const ahead = yield* Ahead
    const clock = yield* Clock.Clock
    const context = yield* Effect.context<never>()
    // Lines of the log are written by the router.
    if (LogLevel.isLessThanOrEqualTo(yield* References.MinimumLogLevel, gateLogLevel)) return

    const listener: AheadListener = (request, response) => {
      const match = isPlain(request) ? question.exec(request.url ?? "") : null
      const authorization = request.headers.authorization
      if (match === null || authorization === undefined || !authorization.startsWith(scheme)) return false
      const actor = organizations.recall(authorization.slice(scheme.length))
      if (actor === undefined) return false
      const answer = gate.recall(
        actor.organizationId,
        match[1] as AudienceId,
        match[2] as ConsumerId,
        match[3] === undefined ? {} : { maxStaleSeconds: Number(match[3]) }
      )
      if (answer === undefined) return false
      const allowance = limits.recall(actor.organizationId, "gate")
      // Where that is not known yet, and where there is none left, the router counts and says so.
      if (allowance === null || allowance?.allowed === false) return false
      const body = bodyOf(answer)
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": body.length,
        ...(allowance === undefined ? {} : rateLimitHeaders(allowance)),
        "x-request-id":
          givenRequestId(request.headers["x-request-id"] as string | undefined) ??
          uuidV7(clock.currentTimeMillisUnsafe())
      })
      response.end(body)
      gateAnswers[answer.status].updateUnsafe(1, context)
      return true
    }
    yield* Effect.acquireRelease(ahead.install(listener), () => ahead.install(undefined))
  })
)
