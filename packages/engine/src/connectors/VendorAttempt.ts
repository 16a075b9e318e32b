import { Clock, DateTime, Duration, Effect, Option, Stream } from "effect"
import { Headers, HttpClient, type HttpClientError, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { AddressRefused } from "../outgoing/OutgoingHttp.ts"
import { VendorAnswerUnexpected, VendorUnavailable } from "./Connector.ts"
import type { AttemptFailed } from "./VendorPatience.ts"

/** An answer, read whole. */
export interface VendorAnswer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Uint8Array
}

export interface AttemptOptions {
  /** As people call the vendor. */
  readonly name: string
  readonly client: HttpClient.HttpClient
  readonly mayReach: (url: URL) => boolean
  /** Longer answers are refused. */
  readonly maxBytes: number
}

const maxRedirects = 5

const unexpected = (message: string) => Effect.fail(new VendorAnswerUnexpected({ message }))

/** An attempt that did not succeed, and may another time. */
export const failedAttempt = (message: string, retryAfter: Duration.Duration | null, throttled = false) =>
  Effect.fail<AttemptFailed>({
    _tag: "AttemptFailed",
    throttled,
    reason: new VendorUnavailable({ message, retryAfter })
  })

/** What `Retry-After` asks for: whole seconds or a date; null where it says nothing. */
const retryAfterOf = Effect.fnUntraced(function* (headers: Headers.Headers) {
  const header = headers["retry-after"]?.trim() ?? ""
  if (/^\d{1,9}(\.\d+)?$/.test(header)) return Duration.seconds(Number(header))
  const at = header === "" ? Option.none() : DateTime.make(header)
  if (Option.isNone(at)) return null
  return Duration.millis(Math.max(0, DateTime.toEpochMillis(at.value) - (yield* Clock.currentTimeMillis)))
})

const whole = Effect.fnUntraced(function* (
  { maxBytes, name }: AttemptOptions,
  response: HttpClientResponse.HttpClientResponse
) {
  const chunks: Array<Uint8Array> = []
  let length = 0
  yield* Stream.runForEach(response.stream, (chunk) => {
    length += chunk.length
    if (length > maxBytes) return unexpected(`${name} answers with more than ${maxBytes} bytes`)
    chunks.push(chunk)
    return Effect.void
  })
  return Buffer.concat(chunks)
})

/** Where a redirect leads, with what may be sent there: credentials stay with the host that they are for. */
const redirected = (
  { mayReach, name }: AttemptOptions,
  request: HttpClientRequest.HttpClientRequest,
  from: URL,
  location: string
): Effect.Effect<readonly [HttpClientRequest.HttpClientRequest, URL], VendorAnswerUnexpected> => {
  const to = URL.parse(location, from)
  if (to === null || !mayReach(to))
    return unexpected(`${name} redirects to ${to?.host ?? "no address"}, where it has no business`)
  if (request.method !== "GET") return unexpected(`${name} redirects what can only be sent once, to ${to.host}`)
  const kept =
    to.origin === from.origin ? request.headers : Headers.fromInput({ accept: request.headers["accept"] ?? "*/*" })
  return Effect.succeed([HttpClientRequest.make("GET")(to, { headers: kept }), to] as const)
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status)

const follow = Effect.fnUntraced(function* (options: AttemptOptions, first: HttpClientRequest.HttpClientRequest) {
  const { client, mayReach, name } = options
  const url = Option.getOrUndefined(HttpClientRequest.toUrl(first))
  if (url === undefined || !mayReach(url))
    return yield* unexpected(`${name} is not reached at ${url?.host ?? "no address"}`)
  let at = [first, url] as const
  for (let redirects = 0; ; redirects++) {
    const response = yield* client.execute(at[0])
    const { location } = response.headers
    if (!isRedirect(response.status) || location === undefined) return response
    yield* Stream.runDrain(Stream.take(response.stream, 0))
    if (redirects === maxRedirects) return yield* unexpected(`${name} redirects without end`)
    at = yield* redirected(options, at[0], at[1], location)
  }
})

/** What the network reports, without the address: its query may be a signature. */
const broken = (
  name: string,
  error: HttpClientError.HttpClientError
): Effect.Effect<never, AttemptFailed | VendorAnswerUnexpected> => {
  const { cause } = error.reason
  if (cause instanceof AddressRefused) return unexpected(`${name} is not reached: ${cause.message}`)
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : ""
  return failedAttempt(`${name} gives no answer${code}`, null)
}

/** One attempt: redirects followed, the answer read. Server errors and throttles are failed attempts, other refusals are answers. */
export const attempt = (
  options: AttemptOptions,
  request: HttpClientRequest.HttpClientRequest,
  timeout: Duration.Duration
) =>
  Effect.gen(function* () {
    const response = yield* follow(options, request)
    const { headers, status } = response
    const { name } = options
    if (status === 429) return yield* failedAttempt(`${name} asks for patience`, yield* retryAfterOf(headers), true)
    if (status >= 500) return yield* failedAttempt(`${name} fails with status ${status}`, yield* retryAfterOf(headers))
    const answer: VendorAnswer = { status, headers, body: yield* whole(options, response) }
    return answer
  }).pipe(
    Effect.catchTag("HttpClientError", (error) => broken(options.name, error)),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => failedAttempt(`${options.name} gives no answer within ${Duration.format(timeout)}`, null)
    }),
    // A trace of ours is nothing to a vendor, and its spans would hold addresses with signatures.
    Effect.provideService(HttpClient.TracerPropagationEnabled, false),
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )
