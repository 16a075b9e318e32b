import { Clock, Context, Data, Effect, identity, Layer } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { CircuitBreaker, type CircuitLimits, defaultCircuit } from "./retry/CircuitBreaker.ts"
import { endOf } from "./retry/ClientAttempt.ts"

/** The server was not asked, since it failed too often just before. */
export class CircuitOpen extends Data.TaggedError("CircuitOpen")<{ readonly waitMillis: number }> {
  override get message() {
    return `The server failed too often; it is asked again in ${Math.ceil(this.waitMillis / 1000)} s`
  }
}

/** The `CircuitOpen` that an error of an HTTP client stands for. */
export const circuitOpen = ({ reason }: HttpClientError.HttpClientError): CircuitOpen | undefined =>
  reason._tag === "TransportError" && reason.cause instanceof CircuitOpen ? reason.cause : undefined

const breaking =
  (breaker: CircuitBreaker) =>
  (client: HttpClient.HttpClient): HttpClient.HttpClient =>
    HttpClient.transform(
      client,
      Effect.fnUntraced(function* (attempt, request) {
        const ended = breaker.begin(yield* Clock.currentTimeMillis)
        if (typeof ended === "number") {
          const cause = new CircuitOpen({ waitMillis: ended })
          const reason = new HttpClientError.TransportError({ request, cause, description: cause.message })
          return yield* new HttpClientError.HttpClientError({ reason })
        }
        let end: ReturnType<typeof endOf>
        return yield* Effect.result(attempt).pipe(
          Effect.tap((outcome) => Effect.sync(() => (end = endOf(outcome)))),
          Effect.flatMap(Effect.fromResult),
          Effect.ensuring(Effect.map(Clock.currentTimeMillis, (now) => ended(end, now)))
        )
      })
    )

/** Whether a server that keeps failing is asked at all; always, unless `circuitLayer` is provided. */
export const Circuit = Context.Reference<(client: HttpClient.HttpClient) => HttpClient.HttpClient>(
  "@audiences/client/Circuit",
  { defaultValue: () => identity }
)

/** Ten failures one after the other and ten seconds, unless given. Calls then fail with `CircuitOpen`. */
export const circuitLayer = (limits: Partial<CircuitLimits> = {}) =>
  Layer.sync(Circuit, () => breaking(new CircuitBreaker({ ...defaultCircuit, ...limits })))
