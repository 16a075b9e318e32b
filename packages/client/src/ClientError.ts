import type { Effect } from "effect"
import type { AudiencesClient } from "./AudiencesClient.ts"

type Client = AudiencesClient["Service"]
type ErrorOf<Operation> = Operation extends (...args: never) => Effect.Effect<infer _A, infer E, infer _R> ? E : never

/**
 * Every way in which an operation can fail, told apart by `_tag`: the errors of the contract; `HttpClientError` when no answer came or
 * one of a status that the contract does not have; `UnexpectedAnswer`; `CircuitOpen`; `SchemaError` when the arguments are not of
 * the contract, and nothing was sent. A single operation names only those that it can meet.
 */
export type ClientError = {
  readonly [Group in keyof Client]: {
    readonly [Operation in keyof Client[Group]]: ErrorOf<Client[Group][Operation]>
  }[keyof Client[Group]]
}[keyof Client]
