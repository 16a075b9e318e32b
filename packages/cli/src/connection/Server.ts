import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { Retry } from "@audiences/client/Retry"
import { Uploads } from "@audiences/client/Uploads"
import { Host } from "./Host.ts"

/** A person waits: three more attempts within a second, and a rate limit of up to half a minute. */
const retry = Retry.layer({ retries: 3, delay: "100 millis", total: "30 seconds" })

/** What commands call, of the host that is given. */
export const clientOf = Layer.unwrap(
  Effect.map(Host, ({ apiKey, baseUrl }) =>
    Layer.merge(AudiencesClient.layerBare({ baseUrl }), Uploads.layerBare).pipe(
      Layer.provide([Authentication.layer(apiKey), retry, FetchHttpClient.layer])
    )
  )
)

const layer = Layer.provide(clientOf, Host.layer)

/** Gives a command its server. Each its own, and not the root for all: help and mistyped flags ask for no key. */
export const served = <const Name extends string, Input, ContextInput, E, R>(
  command: Command.Command<Name, Input, ContextInput, E, R>
) => Command.provide(command, layer)
