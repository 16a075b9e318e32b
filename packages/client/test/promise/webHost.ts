import { assert } from "@effect/vitest"
import { AudiencesClient, AudiencesError, type ClientOptions } from "@audiences/client/promise"

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** An answer, no connection, or nothing until the caller gives up. */
export type WebTurn = Response | Error | "silent"

const silence = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(signal?.reason)
    if (signal?.aborted) stop()
    signal?.addEventListener("abort", stop)
  })

/** A client whose `fetch` gives the answers in turn, the last for ever. Its retries come at once. */
export const clientOf = (turns: ReadonlyArray<WebTurn>, options: Partial<ClientOptions> = {}) => {
  const asked: Array<Asked> = []
  const fetch = async (url: URL | RequestInfo, init?: RequestInit) => {
    const turn = turns[Math.min(asked.length, turns.length - 1)]!
    const request = new Request(url, init)
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: await request.text() })
    if (turn === "silent") return silence(init?.signal)
    if (turn instanceof Error) throw turn
    return turn.clone()
  }
  const client = new AudiencesClient({
    baseUrl: "http://host.test/api/",
    apiKey: "sk_test_secret",
    fetch,
    ...options,
    retry: { delayMillis: 0, ...options.retry }
  })
  return { asked, client }
}

export const failure = (call: PromiseLike<unknown>): Promise<AudiencesError> =>
  Promise.resolve(call).then(
    () => assert.fail("The call succeeded"),
    (error) => {
      assert.instanceOf(error, AudiencesError)
      return error
    }
  )
