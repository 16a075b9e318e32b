import { TimeLimit } from "./TimeLimit.ts"

export interface Outgoing {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body?: BodyInit
}

/** What came back: of a stream its bytes as they come, otherwise the whole text. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly stream?: ReadableStream<Uint8Array>
}

export type AttemptOutcome =
  | { readonly _tag: "Answer"; readonly answer: Answer }
  | { readonly _tag: "NoAnswer"; readonly why: string; readonly cause?: unknown }

export interface AttemptLimits {
  readonly timeoutMillis: number | undefined
  readonly signal: AbortSignal | undefined
}

const emptyStream = () => new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })

/** Why nothing came, as far as `fetch` tells: its reason is in the cause, where a runtime gives one. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

const received = async (response: Response, streamed: boolean): Promise<Answer> => {
  const { headers, status } = response
  return streamed && response.ok
    ? { status, headers, text: "", stream: response.body ?? emptyStream() }
    : { status, headers, text: await response.text() }
}

/**
 * Sends a request once. Its time is limited up to the last byte of the answer, or of a streamed answer up to its headers. What the
 * caller's signal ends rejects with the signal's reason.
 */
export const attempt = async (
  fetch: typeof globalThis.fetch,
  { url, ...outgoing }: Outgoing,
  { signal, timeoutMillis }: AttemptLimits,
  streamed: boolean
): Promise<AttemptOutcome> => {
  const limit = new TimeLimit(timeoutMillis, signal)
  let flowing = false
  try {
    // A stream as a body is sent while the answer may already begin.
    const duplex = outgoing.body instanceof ReadableStream ? { duplex: "half" } : {}
    const response = await fetch(url, { ...outgoing, ...duplex, signal: limit.signal })
    const answer = await received(response, streamed)
    flowing = answer.stream !== undefined
    return { _tag: "Answer", answer }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    return limit.passed
      ? { _tag: "NoAnswer", why: `nothing came within ${(timeoutMillis ?? 0) / 1000} s` }
      : { _tag: "NoAnswer", why: reasonOf(cause), cause }
  } finally {
    // The caller may still give a stream up while it reads it.
    if (flowing) limit.lift()
    else limit.release()
  }
}
