// The client for programs that use Effect, with layers of its own choice.
//
//   AUDIENCES_SECRET_KEY=sk_… node --conditions=@audiences/source examples/effect.ts
//
// AUDIENCES_URL names the server, http://127.0.0.1:4800/api unless set.
import { Config, Console, Effect, Layer, Schedule, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { circuitLayer } from "@audiences/client/Circuit"
import { defaultBaseUrl } from "@audiences/client/BaseUrl"
import { Hooks } from "@audiences/client/Hooks"
import { items } from "@audiences/client/Pages"
import { problemsOf } from "@audiences/client/Problem"
import { Retry } from "@audiences/client/Retry"

// `AudiencesClient.layerConfig` would do. Spelled out, each layer can be replaced: other keys, fewer retries,
// another HTTP client.
const ClientLayer = Layer.unwrap(
  Effect.gen(function* () {
    const baseUrl = yield* Config.String("AUDIENCES_URL").pipe(Config.withDefault(defaultBaseUrl))
    const apiKey = yield* Config.Redacted("AUDIENCES_SECRET_KEY")
    return AudiencesClient.layerBare({ baseUrl, timeout: "10 seconds", callTimeout: "1 minute" }).pipe(
      Layer.provide([
        Authentication.layer(apiKey),
        Retry.layer({ retries: 2, total: "30 seconds" }),
        circuitLayer({ failures: 5 }),
        Layer.succeed(Hooks, {
          onRetry: ({ attempt, requestId, status }) => Console.error(`${requestId}: attempt ${attempt} met ${status}`)
        }),
        FetchHttpClient.layer
      ])
    )
  })
)

const program = Effect.gen(function* () {
  const { audiences, members } = yield* AudiencesClient

  const spenders = yield* audiences.create({
    payload: {
      name: "Example: spenders",
      type: "DYNAMIC",
      rules: [{ field: "ltv", operator: "GREATER_THAN_OR_EQUAL", values: ["1000"] }]
    }
  })
  const params = { audienceId: spenders.id }

  // The server evaluates it in the background; the status tells when the membership is complete.
  yield* audiences.status({ params }).pipe(
    Effect.repeat({
      schedule: Schedule.spaced("200 millis"),
      until: (status) => !status.inProgress && !status.stale
    }),
    Effect.timeout("30 seconds")
  )
  const { count } = yield* audiences.count({ params })
  yield* Console.log(`${count} people have spent 1000 or more`)

  // A stream reads a page when the one before is used up; this one stops after the first ten members.
  yield* items((cursor) => members.list({ params, query: { first: 10, ...cursor } })).pipe(
    Stream.take(10),
    Stream.runForEach((member) =>
      Console.log(`  ${member.fullName ?? member.primaryExternalId ?? member.id}: ${member.ltv}`)
    )
  )

  yield* audiences.archive({ params })
}).pipe(
  // The errors of the contract are told apart by their tags.
  Effect.catchTag("ValidationError", ({ issues }) =>
    // `rules[0].values[0]: …`
    Effect.forEach(problemsOf(issues), ({ message, path }) => Console.error(`${path}: ${message}`))
  ),
  Effect.catchTag("Unauthorized", () => Console.error("The server does not know this key"))
)

await Effect.runPromise(Effect.provide(program, ClientLayer))
