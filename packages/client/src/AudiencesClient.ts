import { Config, Context, Effect, Layer, type Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import type { HttpApiClient } from "effect/http-api"
import type { Api } from "@audiences/domain/api/Api"
import { Authentication } from "./Authentication.ts"
import { defaultBaseUrl } from "./BaseUrl.ts"
import type { CircuitOpen } from "./Circuit.ts"
import { type ConnectionOptions, groupClients } from "./GroupClients.ts"
import { Retry } from "./Retry.ts"
import type { UnexpectedAnswer } from "./UnexpectedAnswer.ts"

export type { ConnectionOptions } from "./GroupClients.ts"

/** What any call may fail with besides the errors of the contract. */
type Added = UnexpectedAnswer | CircuitOpen

/** Makes a property when it is first asked for: a program needs few groups, and a command should not wait for all. */
const lazily = <Value>(
  names: ReadonlyArray<string>,
  make: (name: string) => Value
): Readonly<Record<string, Value>> => {
  const made = new Map<string, Value>()
  const get = (name: string) => {
    const value = made.get(name) ?? make(name)
    made.set(name, value)
    return value
  }
  const properties = names.map((name) => [name, { enumerable: true, get: () => get(name) }] as const)
  return Object.defineProperties({}, Object.fromEntries(properties))
}

/** The typed client: one method per operation, grouped as the contract is. */
export class AudiencesClient extends Context.Service<AudiencesClient, HttpApiClient.ForApi<typeof Api, Added>>()(
  "@audiences/client/AudiencesClient"
) {
  /** For those who bring their own authentication, retries or HTTP client. The contract is loaded when the layer is built. */
  static readonly layerBare = (options: ConnectionOptions) =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const operationsOf = yield* groupClients(options)
        const { groupNames, tolerantApi } = yield* Effect.promise(() => import("./tolerance/TolerantApi.ts"))
        const groups = lazily(groupNames, (name) => operationsOf(name, tolerantApi([name])))
        // Its answers differ from the contract's only in that errors of decoding have become `UnexpectedAnswer`.
        return groups as unknown as HttpApiClient.ForApi<typeof Api, Added>
      })
    )

  /** With one key, retries, and `fetch`. */
  static readonly layer = ({ apiKey, ...options }: ConnectionOptions & { readonly apiKey: Redacted.Redacted }) =>
    this.layerBare(options).pipe(Layer.provide([Authentication.layer(apiKey), Retry.layer(), FetchHttpClient.layer]))

  /** From `AUDIENCES_URL` (a server on this machine, if not set) and `AUDIENCES_SECRET_KEY`. */
  static readonly layerConfig = Layer.unwrap(
    Effect.map(
      Config.all({
        baseUrl: Config.String("AUDIENCES_URL").pipe(Config.withDefault(defaultBaseUrl)),
        apiKey: Config.Redacted("AUDIENCES_SECRET_KEY")
      }),
      (options) => this.layer(options)
    )
  )
}
