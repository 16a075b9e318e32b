import { Duration, Effect, type Exit, Schema, SchemaIssue, Semaphore } from "effect"
import type { HttpClientRequest } from "effect/http"
import { CircuitBreaker } from "effect/persistence"
import { OutgoingHttp } from "../outgoing/OutgoingHttp.ts"
import {
  type ConnectorError,
  CredentialsRefused,
  ListNotFound,
  VendorAnswerUnexpected,
  VendorUnavailable
} from "./Connector.ts"
import { attempt, failedAttempt, type VendorAnswer } from "./VendorAttempt.ts"
import { mayReach, type VendorHosts, VendorStandIns } from "./VendorHosts.ts"
import { type AttemptFailed, patiently, VendorPatience } from "./VendorPatience.ts"

export interface VendorHttpOptions extends VendorHosts {
  /** As people call it. */
  readonly name: string
  /** Requests that this process has under way at a host at once. */
  readonly concurrency: number
}

/** Requests to one vendor: only to its hosts, few at once, asked again where that helps, and not at all for a while if it is down. */
export interface VendorHttp {
  /** The address to ask at instead of the vendor's own, where something stands in for it. */
  readonly at: (origin: string) => string
  /** Any answer but throttles and failures of the vendor. */
  readonly answer: (
    request: HttpClientRequest.HttpClientRequest,
    options?: AnswerOptions
  ) => Effect.Effect<VendorAnswer, VendorUnavailable | VendorAnswerUnexpected>
  /** The JSON of a success. What else is answered is what `refusal` makes of it. */
  readonly json: <S extends Schema.Top & { readonly DecodingServices: never }>(
    schema: S,
    request: HttpClientRequest.HttpClientRequest,
    options?: AnswerOptions & { readonly refusal?: (answer: VendorAnswer) => ConnectorError | undefined }
  ) => Effect.Effect<S["Type"], ConnectorError>
}

export interface AnswerOptions {
  readonly maxBytes?: number
  /** How long to wait where a vendor asks for patience in a success; `undefined` where it does not. */
  readonly throttle?: (answer: VendorAnswer) => Duration.Duration | undefined
}

/** A page of a thousand members with all that a shop knows of them is a tenth of it. */
const maxPageBytes = 32 * 2 ** 20

/** After this many failures in a row a host is left alone for half a minute, then longer, up to ten. */
const breakerOptions = {
  tripPolicy: CircuitBreaker.consecutive(10),
  openDuration: "30 seconds",
  maxOpenDuration: "10 minutes"
} as const

/** A throttle says that the vendor is well. */
const outcomeOf = (exit: Exit.Exit<unknown, AttemptFailed | VendorAnswerUnexpected>): CircuitBreaker.Outcome => {
  if (exit._tag === "Success") return CircuitBreaker.success
  const [reason] = exit.cause.reasons
  if (reason?._tag !== "Fail" || reason.error._tag !== "AttemptFailed" || reason.error.throttled)
    return CircuitBreaker.ignored
  const { retryAfter } = reason.error.reason
  return CircuitBreaker.failure(retryAfter === null ? undefined : { retryAfter })
}

const restingFor = (name: string, { reason }: CircuitBreaker.CircuitBreakerError) =>
  new VendorUnavailable({
    message: `${name} has failed many times in a row, and is left alone for a while`,
    retryAfter: reason._tag === "CircuitOpen" ? reason.retryAfter : Duration.seconds(5)
  })

/** What a status says where the vendor's documentation says no more. */
const usualRefusal = (name: string, { status }: VendorAnswer): ConnectorError => {
  switch (status) {
    case 401:
    case 403:
      return new CredentialsRefused({ message: `${name} refuses the credentials (status ${status})` })
    case 404:
      return new ListNotFound({ message: `${name} has no such list` })
    default:
      return new VendorAnswerUnexpected({ message: `${name} refuses the request (status ${status})` })
  }
}

/** Where an answer departs from the documentation; never its values, which are of people. */
const placeOf = (issue: SchemaIssue.Issue): string =>
  SchemaIssue.makeFormatterStandardSchemaV1()(issue)
    .issues.slice(0, 1)
    .map(({ path = [] }) => path.map(String).join("."))
    .join("") || "its root"

const parsed = (name: string, { body }: VendorAnswer) =>
  Effect.try({
    try: (): unknown => JSON.parse(new TextDecoder().decode(body)),
    catch: () => new VendorAnswerUnexpected({ message: `${name} answers with what is not JSON` })
  })

export const makeVendorHttp = Effect.fnUntraced(function* (hosts: VendorHttpOptions) {
  const { concurrency, name, vendor } = hosts
  const outgoing = yield* OutgoingHttp
  const patience = yield* VendorPatience
  const standIn = (yield* VendorStandIns).get(vendor)
  const breaker = yield* CircuitBreaker.make(breakerOptions)
  const semaphores = new Map<string, Semaphore.Semaphore>()
  const client = standIn === undefined ? outgoing.guarded : outgoing.unguarded

  const semaphoreOf = (host: string) => {
    const known = semaphores.get(host) ?? Semaphore.makeUnsafe(concurrency)
    semaphores.set(host, known)
    return known
  }

  const answer: VendorHttp["answer"] = (request, { maxBytes = maxPageBytes, throttle } = {}) => {
    const host = URL.parse(request.url)?.host ?? ""
    const one = attempt(
      { name, client, mayReach: (url) => mayReach(hosts, standIn, url), maxBytes },
      request,
      patience.attempt
    ).pipe(
      Effect.tap((answered) => {
        const retryAfter = throttle?.(answered)
        return retryAfter === undefined ? Effect.void : failedAttempt(`${name} asks for patience`, retryAfter, true)
      })
    )
    const guarded = breaker.execute(semaphoreOf(host).withPermit(one), {
      key: `${vendor} ${host}`,
      classify: outcomeOf
    })
    return patiently(
      Effect.catchTag(guarded, "CircuitBreakerError", (error) => Effect.fail(restingFor(name, error)))
    ).pipe(Effect.provideService(VendorPatience, patience))
  }

  const json: VendorHttp["json"] = (schema, request, options = {}) =>
    Effect.gen(function* () {
      const answered = yield* answer(request, options)
      if (answered.status < 200 || answered.status > 299)
        return yield* options.refusal?.(answered) ?? usualRefusal(name, answered)
      return yield* Effect.mapError(
        Schema.decodeUnknownEffect(schema)(yield* parsed(name, answered)),
        ({ issue }) =>
          new VendorAnswerUnexpected({ message: `${name} answers otherwise than documented, at ${placeOf(issue)}` })
      )
    })

  const http: VendorHttp = { at: (origin) => standIn ?? origin, answer, json }
  return http
})
