import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { buildConnector } from "undici"
import { Context, Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { lookup, type LookupAddress, type LookupOptions } from "node:dns"
import { isIP, type LookupFunction } from "node:net"
import { isPublicAddress } from "./PublicAddress.ts"

/** A host that is inside a private network, or leads there: it is not connected to. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} is no address of the public internet`)
    this.name = "AddressRefused"
  }
}

export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: Array<LookupAddress>) => void
) => void

/** Resolves a name to its public addresses. The socket connects to what it gives, so no second answer of the DNS can lead elsewhere. */
export const publicLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const allowed = addresses.filter(({ address }) => isPublicAddress(address))
      const [first] = allowed
      if (first === undefined) return callback(new AddressRefused(hostname), [])
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family)
    })

/** HTTP/1.1: of a second protocol no vendor's API has need. */
const connecting = { timeout: 10_000, allowH2: false } as buildConnector.BuildOptions

const connectPublic = (resolve: Resolve): buildConnector.connector => {
  const connect = buildConnector({ ...connecting, lookup: publicLookup(resolve) } as buildConnector.BuildOptions)
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "")
    // A literal address is not looked up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(new AddressRefused(host), null)
    return connect(options, callback)
  }
}

/** HTTP to hosts that somebody else names. Redirects are not followed. */
export class OutgoingHttp extends Context.Service<
  OutgoingHttp,
  {
    /** Connects to the public internet only. */
    readonly guarded: HttpClient.HttpClient
    /** Connects anywhere: for addresses that the operator of this server gave. */
    readonly unguarded: HttpClient.HttpClient
  }
>()("@audiences/engine/OutgoingHttp") {
  static readonly layerWith = (resolve: Resolve) =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const through = Effect.fnUntraced(function* (connect: buildConnector.connector) {
          const dispatcher = yield* NodeHttpClient.makeDispatcherOptions({ connect })
          return yield* Effect.provideService(NodeHttpClient.makeUndici, NodeHttpClient.Dispatcher, dispatcher)
        })
        return OutgoingHttp.of({
          guarded: yield* through(connectPublic(resolve)),
          unguarded: yield* through(buildConnector(connecting))
        })
      })
    )

  static readonly layer = this.layerWith(lookup)
}
