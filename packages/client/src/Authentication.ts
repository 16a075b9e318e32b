import { Context, Effect, FileSystem, Layer, Redacted, SynchronizedRef } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest } from "effect/http"

type Key = Redacted.Redacted

const noKey = (request: HttpClientRequest.HttpClientRequest) => (cause: unknown) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause, description: "No key could be had" })
  })

const isSame = (one: Key, other: Key): boolean => Redacted.value(one) === Redacted.value(other)

/** Shows the key it has, and asks for another when that is refused; who finds it refused at the same time waits for the first to ask. */
const renewing = <E>(ask: Effect.Effect<Key, E>) =>
  Effect.map(SynchronizedRef.make<Key | undefined>(undefined), (held) => {
    const keyInPlaceOf = (refused: Key | undefined) =>
      SynchronizedRef.updateAndGetEffect(held, (key) =>
        key === undefined || (refused !== undefined && isSame(key, refused)) ? ask : Effect.succeed(key)
      ).pipe(Effect.map((key) => key as Key))
    return (client: HttpClient.HttpClient): HttpClient.HttpClient =>
      HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
        Effect.flatMap(
          Effect.fnUntraced(function* (request) {
            const key = yield* Effect.mapError(keyInPlaceOf(undefined), noKey(request))
            const answer = yield* client.execute(HttpClientRequest.bearerToken(request, key))
            if (answer.status !== 401) return answer
            const other = yield* Effect.mapError(keyInPlaceOf(key), noKey(request))
            return isSame(key, other) ? answer : yield* client.execute(HttpClientRequest.bearerToken(request, other))
          })
        ),
        Effect.succeed
      )
  })

/**
 * How requests prove who sends them. Applied to every attempt, so that an implementation that fetches or renews keys is asked
 * again on a retry. Only requests to the server of the contract pass through it: an upload goes elsewhere, without the key.
 */
export class Authentication extends Context.Service<
  Authentication,
  (client: HttpClient.HttpClient) => HttpClient.HttpClient
>()("@audiences/client/Authentication") {
  /** One key for the life of the client. */
  static readonly layer = (apiKey: Key) =>
    Layer.succeed(this, HttpClient.mapRequest(HttpClientRequest.bearerToken(apiKey)))

  /** A key from wherever it is kept: asked for at the first call, and again, once in a call, when the server does not know it. */
  static readonly layerProvider = <E, R>(ask: Effect.Effect<Key, E, R>) =>
    Layer.effect(
      this,
      Effect.flatMap(Effect.context<R>(), (context) => renewing(Effect.provideContext(ask, context)))
    )

  /** A key in a file, such as a mounted secret; read again when the server does not know it. */
  static readonly layerKeyFile = (path: string) =>
    this.layerProvider(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        return Redacted.make((yield* fs.readFileString(path)).trim())
      })
    )
}
