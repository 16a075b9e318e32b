import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { NetAddress } from "effect/net"

/** What a client sees of an answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: ReturnType<typeof JSON.parse>
}

/** Asks the server of the test, as any HTTP client would. */
export const ask = (path: string, init: RequestInit & { readonly key?: string } = {}) =>
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const headers = new Headers(init.headers)
    if (init.key !== undefined) headers.set("authorization", `Bearer ${init.key}`)
    const url = new URL(path, NetAddress.formatUrlUnsafe(address))
    return yield* Effect.promise(async (): Promise<Answer> => {
      const response = await fetch(url, { redirect: "manual", ...init, headers })
      const text = await response.text()
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true && text !== ""
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
    })
  })

/** The body of a request with a JSON body. */
export const json = (body: unknown, method = "POST") => ({
  method,
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body)
})
