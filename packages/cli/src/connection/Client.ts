import { Effect, Layer } from "effect"

import { Authentication } from "@audiences/client/Authentication"
import { Retry } from "@audiences/client/Retry"
import { Uploads } from "@audiences/client/Uploads"
import { Host } from "./Host.ts"
import { layerGrouped } from "./GroupedClient.ts"
import { layer as httpLayer } from "./Http.ts"

/** A person waits: three more attempts within a second, and a rate limit of up to half a minute. */
const retry = Retry.layer({ retries: 3, delay: "100 millis", total: "30 seconds" })

/** What commands call, of the host that is given. */
export const layerOfHost = Layer.unwrap(
  Effect.map(Host, ({ apiKey, baseUrl }) =>
    Layer.merge(layerGrouped({ baseUrl }), Uploads.layerBare).pipe(
      Layer.provide([Authentication.layer(apiKey), retry, httpLayer])
    )
  )
)

export const layer = Layer.provide(layerOfHost, Host.layer)
