import { Config, Context, Effect, Layer, type Redacted, Schema } from "effect"
import { FetchHttpClient, HttpClient, type HttpClientError, type HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "@audiences/domain/api/Api"
import { Authentication } from "./Authentication.ts"
import { defaultBaseUrl } from "./BaseUrl.ts"
import { circuitOpen, type CircuitOpen } from "./Circuit.ts"
import { connection, type TimeLimits } from "./Connection.ts"
import { Retry } from "./Retry.ts"
import { tolerantApi } from "./tolerance/TolerantApi.ts"
import { UnexpectedAnswer } from "./UnexpectedAnswer.ts"

export interface ConnectionOptions extends TimeLimits {
  /** The address of any host of the contract, up to and with its base path; a slash at the end makes no difference. */
  readonly baseUrl: string
}

/** What any call may fail with besides the errors of the contract. */
type Added = UnexpectedAnswer | CircuitOpen

type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError | CircuitOpen>

const unexpected = (decoded: Effect.Effect<unknown, unknown, unknown>) =>
  Effect.mapError(decoded, (error) => (Schema.isSchemaError(error) ? new UnexpectedAnswer({ cause: error }) : error))

type Operation = (request: unknown) => Effect.Effect<unknown, unknown, unknown>
type Operations = Readonly<Record<string, Operation>>

/** Each call in a span of its own, `AudiencesClient.audiences.get`; those of its attempts are its children. */
const traced = (group: string, operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (request: unknown) =>
        Effect.withSpan(operation(request), `AudiencesClient.${group}.${name}`, { captureStackTrace: false })
    ])
  )

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
  /** For those who bring their own authentication, retries or HTTP client. */
  static readonly layerBare = ({ baseUrl, ...limits }: ConnectionOptions) =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const client = yield* connection(limits)
        const httpClient = HttpClient.transformResponse(client, (answer): Answer =>
          Effect.mapError(answer, (error) => circuitOpen(error) ?? error)
        )
        const options = { baseUrl, httpClient, transformResponse: unexpected }
        const groups = lazily(Object.keys(Api.groups), (name) => {
          const made = Effect.runSync(HttpApiClient.makeWith(tolerantApi([name]), options))
          return traced(name, (made as unknown as Readonly<Record<string, Operations>>)[name] ?? {})
        })
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
