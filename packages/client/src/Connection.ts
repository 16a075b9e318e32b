import { Duration, Effect, identity } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { attemptTimeout } from "./AttemptTimeout.ts"
import { Authentication } from "./Authentication.ts"
import { Circuit } from "./Circuit.ts"
import { asOneCall, identified, told } from "./CurrentCall.ts"
import { Hooks } from "./Hooks.ts"
import { Retry } from "./Retry.ts"

export { defaultBaseUrl } from "./BaseUrl.ts"

export interface TimeLimits {
  /** How long one attempt may take; 30 seconds unless given. */
  readonly timeout?: Duration.Input
  /** How long a call may take with all its attempts and waits; as long as they take, unless given. */
  readonly callTimeout?: Duration.Input
}

const callTimeout =
  (duration: Duration.Input | undefined) =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient => {
    if (duration === undefined) return client
    const description = `No answer within ${Duration.format(Duration.fromInputUnsafe(duration))}, with all attempts`
    return HttpClient.transform(client, (call, request) =>
      Effect.timeoutOrElse(call, {
        duration,
        orElse: () =>
          Effect.fail(
            new HttpClientError.HttpClientError({
              reason: new HttpClientError.TransportError({ request, description })
            })
          )
      })
    )
  }

/** The stack of a call, from the inside out: attempt, its time limit, hooks, circuit, key, retries, what the attempts share, the limit of all. */
export const connection = Effect.fnUntraced(function* (limits: TimeLimits = {}) {
  const client = yield* HttpClient.HttpClient
  const authenticate = yield* Authentication
  const circuit = yield* Circuit
  const retry = yield* Retry
  const hooks = yield* Hooks
  const isHeard = Object.keys(hooks).length > 0
  return client.pipe(
    attemptTimeout(limits.timeout ?? "30 seconds"),
    isHeard ? told : identity,
    circuit,
    authenticate,
    retry,
    isHeard ? asOneCall(hooks) : identity,
    identified,
    callTimeout(limits.callTimeout)
  )
})
