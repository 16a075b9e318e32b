import { Effect, Schema } from "effect"
import { HttpClient, type HttpClientError, type HttpClientResponse } from "effect/http"
import { type HttpApi, HttpApiClient, type HttpApiGroup } from "effect/http-api"
import { circuitOpen, type CircuitOpen } from "./Circuit.ts"
import { connection, type TimeLimits } from "./Connection.ts"
import { UnexpectedAnswer } from "./UnexpectedAnswer.ts"

export interface ConnectionOptions extends TimeLimits {
  /** The address of any host of the contract, up to and with its base path; a slash at the end makes no difference. */
  readonly baseUrl: string
}

type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError | CircuitOpen>

const unexpected = (decoded: Effect.Effect<unknown, unknown, unknown>) =>
  Effect.mapError(decoded, (error) => (Schema.isSchemaError(error) ? new UnexpectedAnswer({ cause: error }) : error))

type Operation = (request: unknown) => Effect.Effect<unknown, unknown, unknown>
export type Operations = Readonly<Record<string, Operation>>

/** Each call in a span of its own, `AudiencesClient.audiences.get`; those of its attempts are its children. */
const traced = (group: string, operations: Operations): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (request: unknown) =>
        Effect.withSpan(operation(request), `AudiencesClient.${group}.${name}`, { captureStackTrace: false })
    ])
  )

/** Makes the operations of a group from a contract that has it. All groups share one connection. */
export const groupClients = Effect.fnUntraced(function* ({ baseUrl, ...limits }: ConnectionOptions) {
  const client = yield* connection(limits)
  const httpClient = HttpClient.transformResponse(client, (answer): Answer =>
    Effect.mapError(answer, (error) => circuitOpen(error) ?? error)
  )
  const options = { baseUrl, httpClient, transformResponse: unexpected }
  return <Id extends string, Groups extends HttpApiGroup.Constraint>(
    name: string,
    api: HttpApi.HttpApi<Id, Groups>
  ): Operations => {
    // No middleware of the contract has anything to do for a client.
    const made = Effect.runSync(HttpApiClient.makeWith(api, options) as Effect.Effect<unknown>)
    return traced(name, (made as Readonly<Record<string, Operations>>)[name] ?? {})
  }
})
