import { Context, Effect, Layer, type Redacted, Ref } from "effect"
import { defaultBaseUrl } from "@audiences/client/Connection"

interface Known {
  readonly baseUrl: string
  /** Null: no key has been found yet. The origin is for people. */
  readonly key: { readonly secret: Redacted.Redacted; readonly origin: string } | null
}

/** The server that a command has turned to so far, for whoever explains a failure afterwards. */
export class HostInUse extends Context.Service<HostInUse, Ref.Ref<Known>>()("@audiences/cli/HostInUse") {
  static readonly layer = Layer.effect(
    this,
    Effect.suspend(() => Ref.make<Known>({ baseUrl: defaultBaseUrl, key: null }))
  )
}
