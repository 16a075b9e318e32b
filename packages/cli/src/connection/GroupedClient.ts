import { Effect, Layer } from "effect"
import { HttpApi } from "effect/http-api"
import { apiClient, type ConnectionOptions } from "@audiences/client/ApiClient"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudiencesApi } from "@audiences/domain/api/AudiencesApi"
import { groupLoaders } from "./GroupLoaders.ts"

type Operation = (request: unknown) => Effect.Effect<unknown, unknown>
type Operations = Readonly<Record<string, Operation>>

/** An object whose properties are made when they are read. */
const onRead = <A>(make: (name: string) => A): object =>
  new Proxy({}, { get: (_, name) => (typeof name === "string" ? make(name) : undefined) })

/** Any group: what it needs of the context is the same for all of them. */
type AnyGroup = typeof AudiencesApi

/**
 * The client of the whole contract, of which each group is loaded when one of its operations is called. To load all of them takes
 * as long as everything else that a command does before its request leaves.
 */
export const layerGrouped = (options: ConnectionOptions) => {
  const clientOf = (name: string) => {
    const load: () => Promise<unknown> = groupLoaders[name as keyof typeof groupLoaders]
    return Effect.promise(load).pipe(
      Effect.flatMap((group) => apiClient(HttpApi.make("audiences").add(group as AnyGroup), options)),
      Effect.map((client) => (client as unknown as Record<string, Operations>)[name]!)
    )
  }
  return Layer.effect(
    AudiencesClient,
    Effect.map(
      Effect.context<Effect.Services<ReturnType<typeof clientOf>>>(),
      (context) =>
        onRead((group) => {
          const operations = Effect.runSync(Effect.cached(Effect.provideContext(clientOf(group), context)))
          return onRead(
            (name): Operation =>
              (request) =>
                Effect.flatMap(operations, (found) => found[name]!(request))
          )
        }) as AudiencesClient["Service"]
    )
  )
}
