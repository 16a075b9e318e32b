import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect } from "effect"

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export type Answer = { readonly status?: number; readonly body: unknown; readonly headers?: Record<string, string> }

/** Answers by `METHOD /path` under /api; a list of answers is given in turn, the last for ever. `:id` stands for any one segment. */
export type Answers = Record<string, Answer | ReadonlyArray<Answer> | ((asked: Asked) => Answer)>

const bodyOf = async (request: IncomingMessage) => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const matches = (pattern: string, actual: string) => new RegExp(`^${pattern.replace(/:\w+/g, "[^/]+")}$`).test(actual)

/** A server of the contract on a port of its own, which says what it is told to and keeps what it was asked. */
export const fakeServer = (answers: Answers) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly origin: string
      readonly url: string
      readonly asked: Array<Asked>
      readonly close: () => void
    }>((resume) => {
      const asked: Array<Asked> = []
      const turns = new Map<string, number>()
      const server = createServer(async (request, response) => {
        const url = new URL(request.url ?? "/", "http://fake.test")
        const one = {
          method: request.method ?? "",
          path: url.pathname,
          query: url.search,
          headers: request.headers,
          body: await bodyOf(request)
        }
        asked.push(one)
        const name = Object.keys(answers).find((pattern) =>
          matches(pattern, `${one.method} ${one.path.replace(/^\/api/, "")}`)
        )
        const found = name === undefined ? { status: 404, body: { error: "Not found" } } : answers[name]!
        const turn = turns.get(name ?? "") ?? 0
        turns.set(name ?? "", turn + 1)
        const {
          body,
          headers = {},
          status = 200
        } = typeof found === "function"
          ? found(one)
          : Array.isArray(found)
            ? (found as ReadonlyArray<Answer>)[Math.min(turn, found.length - 1)]!
            : (found as Answer)
        response.writeHead(status, { "content-type": "application/json", ...headers })
        response.end(typeof body === "string" ? body : JSON.stringify(body))
      })
      server.listen(0, "127.0.0.1", () => {
        const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ origin, url: `${origin}/api`, asked, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )
