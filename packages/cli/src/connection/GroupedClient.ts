import { Effect, Layer } from "effect"
import { HttpApi, type HttpApiGroup } from "effect/http-api"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type ConnectionOptions, groupClients } from "@audiences/client/GroupClients"
import { tolerantGroup } from "@audiences/client/tolerance/TolerantGroup"
import { groupLoaders } from "./GroupLoaders.ts"

/** An object whose properties are made when they are first read. */
const onRead = <A>(make: (name: string) => A): object => {
  const made = new Map<string | symbol, A>()
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (typeof name === "string" && !made.has(name)) made.set(name, make(name))
        return made.get(name)
      }
    }
  )
}

/**
 * The client of the whole contract, of which each group is loaded when one of its operations is called. To load all of them takes
 * as long as everything else that a command does before its request leaves.
 */
export const layerGrouped = (options: ConnectionOptions) =>
  Layer.effect(
    AudiencesClient,
    Effect.map(
      groupClients(options),
      (operationsOf) =>
        onRead((name) => {
          const load: () => Promise<unknown> = groupLoaders[name as keyof typeof groupLoaders]
          const operations = Effect.runSync(
            Effect.cached(
              Effect.map(Effect.promise(load), (group) =>
                operationsOf(name, HttpApi.make("audiences").add(tolerantGroup(group as HttpApiGroup.Top)))
              )
            )
          )
          return onRead(
            (operation) => (request: unknown) => Effect.flatMap(operations, (found) => found[operation]!(request))
          )
        }) as AudiencesClient["Service"]
    )
  )
