import { Context, Data, Effect, Layer, Predicate, type Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { Retry } from "@audiences/client/Retry"
import { ExitCode } from "../ExitCode.ts"

/** Nobody waits at a terminal: rate limits, and a restart of either server, are sat out. */
export const patience = Retry.layer({ retries: 8, total: "5 minutes" })

/** The server to move from did not answer as it should. */
export class SourceFailed extends Data.TaggedError("SourceFailed")<{
  readonly message: string
  readonly exitCode: ExitCode
}> {}

const reason = (error: unknown): string =>
  Predicate.hasProperty(error, "error") ? String(error.error) : error instanceof Error ? error.message : String(error)

const failed = (baseUrl: string) => (error: unknown) =>
  Predicate.isTagged(error, "Unauthorized") || Predicate.isTagged(error, "Forbidden")
    ? new SourceFailed({
        message: `${baseUrl} does not accept the key to move with (${reason(error)}). Give a key of that server.`,
        exitCode: ExitCode.auth
      })
    : new SourceFailed({
        message: `${baseUrl}, the server to move from, failed: ${reason(error)}. What is copied so far is kept; run the command again to go on.`,
        exitCode: ExitCode.failure
      })

/** The server to move from: any of the contract. Nothing is ever written to it. */
export class Source extends Context.Service<
  Source,
  {
    readonly baseUrl: string
    readonly read: <A, E>(
      call: (client: AudiencesClient["Service"]) => Effect.Effect<A, E>
    ) => Effect.Effect<A, SourceFailed>
  }
>()("@audiences/cli/Source") {
  static readonly layer = (baseUrl: string, apiKey: Redacted.Redacted) =>
    Layer.effect(
      this,
      Effect.map(AudiencesClient, (client) => ({
        baseUrl,
        read: <A, E>(call: (client: AudiencesClient["Service"]) => Effect.Effect<A, E>) =>
          Effect.mapError(call(client), failed(baseUrl))
      }))
    ).pipe(
      Layer.provide(AudiencesClient.layerBare({ baseUrl })),
      Layer.provide([Authentication.layer(apiKey), patience, FetchHttpClient.layer])
    )
}
