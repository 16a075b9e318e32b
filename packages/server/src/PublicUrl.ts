import { Context, Effect, Layer, Option } from "effect"
import { HttpServer } from "effect/http"
import { Configuration } from "./Configuration.ts"

/** How clients reach this service, without a slash at the end: as configured, else as this machine does. */
export class PublicUrl extends Context.Service<PublicUrl, string>()("@audiences/server/PublicUrl") {
  static readonly layer = Layer.effect(
    PublicUrl,
    Effect.gen(function* () {
      const { publicUrl, host, port } = yield* Configuration
      const { address } = yield* HttpServer.HttpServer
      return Option.getOrElse(publicUrl, () => `http://${reachable(host)}:${"port" in address ? address.port : port}`)
    })
  )
}

/** Where a program on this machine finds what listens on `host`. */
const reachable = (host: string) =>
  host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host
