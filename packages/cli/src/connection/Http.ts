import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Hash, Layer } from "effect"
import { HttpClient, type HttpClientResponse } from "effect/http"

// Not imported: as an ES module, node:http brings all of `fetch` along, and node:https all of TLS.
const plain = () => process.getBuiltinModule("node:http")
const secure = () => process.getBuiltinModule("node:https")

/** Connections that are kept while a command runs; those with TLS only once an address wants them. */
const agents = Layer.effect(
  NodeHttpClient.HttpAgent,
  Effect.acquireRelease(
    Effect.sync(() => {
      const opened: Array<{ readonly destroy: () => void }> = []
      const opening = <Agent extends { readonly destroy: () => void }>(open: () => Agent) => {
        let agent: Agent | undefined
        return () => {
          if (agent === undefined) opened.push((agent = open()))
          return agent
        }
      }
      const http = opening(() => new (plain().Agent)({ keepAlive: true }))
      const https = opening(() => new (secure().Agent)({ keepAlive: true }))
      return {
        get http() {
          return http()
        },
        get https() {
          return https()
        },
        opened
      }
    }),
    ({ opened }) => Effect.sync(() => opened.forEach((agent) => agent.destroy()))
  )
)

/** Responses are the same only if they are one: else Effect reads all that a response has to compare errors, and breaks on one that is no JSON. */
const itself = (response: HttpClientResponse.HttpClientResponse) =>
  Object.defineProperty(response, Hash.symbol, { value: () => Hash.random(response) })

/** HTTP without `fetch`, whose loading takes longer than all else that a command does before its request leaves. */
export const layer = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, (client) => HttpClient.transformResponse(client, Effect.map(itself)))
).pipe(Layer.provide(NodeHttpClient.layerNodeHttpNoAgent), Layer.provide(agents))
