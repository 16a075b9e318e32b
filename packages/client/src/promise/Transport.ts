import { uuidV7 } from "@audiences/domain/UuidV7"
import { AudiencesError } from "../AudiencesError.ts"
import { addressOf, type Path, pathOf, withoutQuery } from "./Address.ts"
import type { Answer } from "./Attempt.ts"
import type { CallOptions } from "./ClientOptions.ts"
import { bodyOf, type FileBody, isReplayable } from "./FileBody.ts"
import type { Foundations } from "./Foundations.ts"
import { type Call, Sending } from "./Sending.ts"
import { now, sleep } from "./Surroundings.ts"
import { TimeLimit } from "./TimeLimit.ts"

export interface Content {
  readonly query?: object
  readonly body?: unknown
}

/** Carries calls to the server and their answers back. */
export class Transport {
  readonly #foundations: Foundations
  readonly #options: CallOptions

  constructor(foundations: Foundations, options: CallOptions) {
    this.#foundations = foundations
    this.#options = options
  }

  /** With other options, and the same key, budget and circuit. */
  with(options: CallOptions): Transport {
    return new Transport(this.#foundations, { ...this.#options, ...options })
  }

  async json<A>(method: string, path: Path | string, content: Content = {}): Promise<A> {
    const { status, text } = await this.#send(this.#call(method, pathOf(path), content, false))
    try {
      return JSON.parse(text) as A
    } catch (cause) {
      throw new AudiencesError(status, "The server's answer is not JSON", { cause })
    }
  }

  async bytes(path: Path | string, query: object): Promise<ReadableStream<Uint8Array>> {
    const { stream } = await this.#send(this.#call("GET", pathOf(path), { query }, true))
    return stream!
  }

  /** Sends a file to where an upload URL leads. The URL is its own permission: nothing else is sent along, whoever hosts it. */
  async put(url: string, body: FileBody): Promise<void> {
    await this.#send({
      method: "PUT",
      url,
      place: withoutQuery(url),
      route: "upload",
      headers: { "content-type": "text/csv" },
      body: bodyOf(body),
      replayable: isReplayable(body),
      streamed: false,
      foreign: true,
      requestId: ""
    })
  }

  /** Ends with the reason of the caller's signal, if that comes first. */
  sleep(millis: number): Promise<void> {
    return sleep(millis, this.#options.signal)
  }

  #call(method: string, path: Path, { body, query }: Content, streamed: boolean): Call {
    const requestId = this.#options.requestId ?? uuidV7(now())
    const url = addressOf(this.#foundations.baseUrl, path, query)
    return {
      method,
      url,
      place: withoutQuery(url),
      route: path.route,
      headers: {
        ...(streamed ? {} : { accept: "application/json" }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        // Made here, once for all attempts.
        ...(method === "POST" ? { "idempotency-key": this.#options.idempotencyKey ?? uuidV7(now()) } : {}),
        "x-request-id": requestId
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      replayable: true,
      streamed,
      foreign: false,
      requestId
    }
  }

  async #send(call: Call): Promise<Answer> {
    const { method, place, requestId, route } = call
    const span = call.foreign
      ? undefined
      : this.#foundations.tracer?.startSpan(`${method} ${route}`, {
          "http.request.method": method,
          "url.full": place,
          "audiences.request_id": requestId
        })
    const { callTimeoutMillis, signal } = this.#options
    const limit = new TimeLimit(callTimeoutMillis, signal)
    const sending = new Sending(this.#foundations, this.#options, call, limit.signal, span?.traceparent)
    let status = 0
    try {
      const answer = await sending.answer()
      status = answer.status
      if (status >= 300)
        throw AudiencesError.ofAnswer(status, answer.text, answer.headers.get("x-request-id") ?? requestId)
      span?.end({ status, attempts: sending.attempts })
      if (answer.stream === undefined) limit.release()
      else limit.lift()
      return answer
    } catch (cause) {
      limit.release()
      const error = limit.passed
        ? new AudiencesError(0, `No answer from ${place}: given up after ${(callTimeoutMillis ?? 0) / 1000} s`, {
            requestId,
            cause
          })
        : cause
      span?.end({ status, attempts: sending.attempts, error })
      throw error
    }
  }
}
