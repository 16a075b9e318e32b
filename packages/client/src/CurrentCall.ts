import { Clock, Context, Effect } from "effect"
import { HttpClient, type HttpClientError, HttpClientRequest } from "effect/http"
import { Uuid } from "@audiences/domain/Uuid"
import type { ClientHooks } from "./Hooks.ts"
import type { AttemptEndEvent } from "./retry/AttemptEvent.ts"
import { endOf } from "./retry/ClientAttempt.ts"

/** The `Idempotency-Key` of a POST: `Effect.provideService(IdempotencyKey, "order-7")`. A random one for every call unless provided. */
export const IdempotencyKey = Context.Reference<string | undefined>("@audiences/client/IdempotencyKey", {
  defaultValue: () => undefined
})

/** The `X-Request-Id` under which the server logs a call. A random one for every call unless provided. */
export const RequestId = Context.Reference<string | undefined>("@audiences/client/RequestId", {
  defaultValue: () => undefined
})

/** What the attempts of a call have in common. */
interface Attempts {
  readonly requestId: string
  readonly hooks: ClientHooks
  count: number
  last?: AttemptEndEvent
}

export const CurrentCall = Context.Reference<Attempts>("@audiences/client/CurrentCall", {
  defaultValue: () => ({ requestId: "", hooks: {}, count: 0 })
})

const nextId = Effect.flatten(Uuid)

type Wrapped = (client: HttpClient.HttpClient) => HttpClient.HttpClient

/**
 * Gives a call its request id, and a POST its `Idempotency-Key`, the same on each attempt. Wraps the whole client: a
 * `mapRequestEffect` would run again, with new ones, on every retry.
 */
export const identified: Wrapped = (self) =>
  HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
    Effect.flatMap((request) => self.execute(request)),
    Effect.fnUntraced(function* (request) {
      const requestId = (yield* RequestId) ?? (yield* nextId)
      const named = HttpClientRequest.setHeader(request, "x-request-id", requestId)
      if (request.method !== "POST" || request.headers["idempotency-key"] !== undefined) return named
      const key = (yield* IdempotencyKey) ?? (yield* nextId)
      return HttpClientRequest.setHeader(named, "idempotency-key", key)
    })
  )

/** Lets the attempts of a call know of each other, and of the hooks. */
export const asOneCall =
  (hooks: ClientHooks): Wrapped =>
  (client) =>
    HttpClient.transform(client, (call, { headers }) =>
      Effect.suspend(() =>
        Effect.provideService(call, CurrentCall, { requestId: headers["x-request-id"] ?? "", hooks, count: 0 })
      )
    )

/** Tells the hooks of every attempt. */
export const told: Wrapped = (client) =>
  HttpClient.transform(
    client,
    Effect.fnUntraced(function* (attempt, { method, url }) {
      const call = yield* CurrentCall
      const { hooks, requestId } = call
      const event = { method, url, requestId, attempt: ++call.count }
      if (hooks.onRequest !== undefined) yield* hooks.onRequest(event)
      const startedAt = yield* Clock.currentTimeMillis
      const outcome = yield* Effect.result(attempt)
      const elapsedMillis = (yield* Clock.currentTimeMillis) - startedAt
      call.last = { ...event, status: endOf(outcome)?.status ?? 0, elapsedMillis }
      if (hooks.onResponse !== undefined) yield* hooks.onResponse(call.last)
      return yield* Effect.fromResult(outcome)
    })
  )
