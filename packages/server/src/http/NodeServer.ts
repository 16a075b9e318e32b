import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Effect, Layer, Schema } from "effect"
import { HttpServer } from "effect/http"
import { type IncomingMessage, Server, type ServerResponse } from "node:http"
import { Ahead, type AheadListener } from "./Ahead.ts"

/** The address cannot be listened on. */
export class AddressUnavailable extends Schema.TaggedError<AddressUnavailable>()("AddressUnavailable", {
  message: Schema.String
}) {}

const reason = (host: string, port: number, cause: unknown): string => {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is in use: stop the other program or set AUDIENCES_PORT`
    case "EACCES":
      return `Port ${port} on ${host} needs more rights than this user has: set AUDIENCES_PORT to 1024 or more`
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine: set AUDIENCES_HOST`
    default:
      return `Cannot listen on port ${port} of ${host}: ${String(cause)}`
  }
}

/** How long requests that are being answered may take once the server is to stop. */
const gracefulShutdownTimeout = "10 seconds"

const starting = (response: ServerResponse) => {
  response
    .writeHead(503, { "content-type": "application/json", "retry-after": "1" })
    .end('{"error":"Server is starting"}')
}

/** Offers every request to one listener before the others. */
class NodeServer extends Server {
  ahead: AheadListener | undefined

  override emit(event: string, ...args: ReadonlyArray<unknown>): boolean {
    if (
      event === "request" &&
      this.listening &&
      this.ahead?.(args[0] as IncomingMessage, args[1] as ServerResponse) === true
    )
      return true
    return super.emit(event, ...args)
  }
}

const makeServer = () => {
  const server = new NodeServer({
    // A file of 2 GiB may take hours on a slow line. What bounds a request is silence, not length.
    requestTimeout: 0,
    // Longer than the minute that load balancers keep an idle connection for, so that they never reuse a closed one.
    keepAliveTimeout: 65_000
  })
  server.timeout = 120_000
  server.on("request", (_, response) => {
    // The port is taken before the slow parts of a start, so that a clash is found at once; until those are done nobody listens here.
    if (server.listenerCount("request") === 1) return starting(response)
    // Closing a server closes the connections that are idle at that moment; those that become idle later are up to us.
    response.once("close", () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  })
  return server
}

/** The HTTP server on `node:http`. Closing it stops listening, lets requests finish, and then cuts off those that do not. */
export const layer = (options: { readonly host: string; readonly port: number }) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const server = makeServer()
      const http = yield* NodeHttpServer.make(() => server, { ...options, gracefulShutdownTimeout }).pipe(
        Effect.mapError(({ cause }) => new AddressUnavailable({ message: reason(options.host, options.port, cause) }))
      )
      // A client that neither sends nor reads would hold up the stop forever.
      yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
      const ahead = Ahead.of({
        installed: () => server.ahead,
        install: (listener) => Effect.sync(() => void (server.ahead = listener))
      })
      return Context.make(HttpServer.HttpServer, http).pipe(Context.add(Ahead, ahead))
    })
  ).pipe(Layer.provideMerge(NodeHttpServer.layerHttpServices))
