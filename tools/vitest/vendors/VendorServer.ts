import { Effect } from "effect"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** What a vendor was asked. */
export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export interface VendorReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes as they are, anything else as JSON. */
  readonly body?: unknown
}

/** What goes wrong instead of an answer. */
export type Fault =
  | VendorReply
  /** The connection ends before any answer. */
  | "disconnect"
  /** The connection ends in the middle of the answer. */
  | "breakOff"

export interface VendorServer {
  readonly origin: string
  /** Every request, faulty or not, oldest first. */
  readonly asked: Array<Asked>
  /** Taken one for each request, before the protocol is spoken; `undefined` lets one request pass. */
  readonly faults: Array<Fault | undefined>
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const send = (response: ServerResponse, { body = "", headers = {}, status = 200 }: VendorReply) => {
  const raw = typeof body === "string" || body instanceof Uint8Array
  response.writeHead(status, { ...(raw ? {} : { "content-type": "application/json" }), ...headers })
  response.end(raw ? body : JSON.stringify(body))
}

const breakOff = (response: ServerResponse, { body }: VendorReply) => {
  const text = JSON.stringify(body ?? {})
  response.writeHead(200, { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) })
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy())
}

/** A server on this machine that speaks a vendor's protocol, until the scope ends. */
export const vendorServer = (speak: (asked: Asked, origin: string) => VendorReply, port = 0) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<VendorServer & { readonly close: () => void }>((resume) => {
        const asked: Array<Asked> = []
        const faults: Array<Fault | undefined> = []
        const server = createServer(async (request, response) => {
          const origin = `http://${request.headers.host}`
          const one = {
            method: request.method ?? "",
            url: new URL(request.url ?? "/", origin),
            headers: request.headers,
            body: await bodyOf(request)
          }
          asked.push(one)
          const fault = faults.shift()
          if (fault === "disconnect") response.destroy()
          else if (fault === "breakOff") breakOff(response, speak(one, origin))
          else send(response, fault ?? speak(one, origin))
        })
        server.listen(port, "127.0.0.1", () => {
          const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
          const close = () => {
            server.closeAllConnections()
            server.close()
          }
          resume(Effect.succeed({ origin, asked, faults, close }))
        })
      }),
      ({ close }) => Effect.sync(close)
    ),
    ({ asked, faults, origin }): VendorServer => ({ asked, faults, origin })
  )
