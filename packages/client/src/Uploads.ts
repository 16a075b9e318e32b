import { Context, Effect, identity, Layer, Schema, type Stream } from "effect"
import {
  FetchHttpClient,
  HttpBody,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  type HttpClientResponse
} from "effect/http"
import { PayloadTooLarge } from "@audiences/domain/Errors"
import { UploadRefused } from "@audiences/domain/Import"
import { ValidationError } from "@audiences/domain/ValidationError"
import { Retry } from "./Retry.ts"

export type UploadBody = string | Uint8Array | Stream.Stream<Uint8Array, unknown>

export interface UploadOptions {
  /** Whether the body can be read a second time. True of text and bytes; of a stream, such as one of a file, only its maker knows. */
  readonly replayable?: boolean
  /** Bytes of a stream, where they are known. Object stores take no stream whose length they are not told. */
  readonly size?: number
}

const httpBody = (body: UploadBody, size: number | undefined): HttpBody.HttpBody =>
  typeof body === "string"
    ? HttpBody.text(body, "text/csv")
    : body instanceof Uint8Array
      ? HttpBody.uint8Array(body, "text/csv")
      : HttpBody.stream(body, "text/csv", size)

const refusals = { 400: ValidationError, 403: UploadRefused, 413: PayloadTooLarge }
type Refusal = ValidationError | UploadRefused | PayloadTooLarge

const refusal = (response: HttpClientResponse.HttpClientResponse) => {
  const unknown = new HttpClientError.HttpClientError({
    reason: new HttpClientError.StatusCodeError({
      request: response.request,
      response,
      description:
        response.status === 411
          ? "The upload was refused: object stores take only files whose size is known beforehand, not a stream"
          : "The upload was refused"
    })
  })
  const schema: Schema.Codec<Refusal, unknown> | undefined = refusals[response.status as keyof typeof refusals]
  if (schema === undefined) return Effect.fail(unknown)
  return response.json.pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(schema)),
    Effect.mapError(() => unknown),
    Effect.flatMap(Effect.fail<Refusal>)
  )
}

/** Sends with the length of a stream: Effect's client takes the header away, and browsers pass it over. */
const withSize = (fetch: typeof globalThis.fetch, size: number | undefined) =>
  size === undefined
    ? identity
    : Effect.provideService(FetchHttpClient.Fetch, (url, init) =>
        fetch(url, { ...init, headers: { ...init?.headers, "content-length": String(size) } })
      )

/** Sends files to the upload URL of an import. The URL is its own permission: the key is not sent, whoever hosts it. */
export class Uploads extends Context.Service<
  Uploads,
  {
    readonly uploadCsv: (
      uploadUrl: string,
      body: UploadBody,
      options?: UploadOptions
    ) => Effect.Effect<void, Refusal | HttpClientError.HttpClientError>
  }
>()("@audiences/client/Uploads") {
  static readonly layerBare = Layer.effect(
    this,
    Effect.gen(function* () {
      const once = yield* HttpClient.HttpClient
      const retried = (yield* Retry)(once)
      const fetch = yield* FetchHttpClient.Fetch
      return {
        uploadCsv: Effect.fn("Uploads.uploadCsv")(function* (uploadUrl, body, options) {
          const replayable = options?.replayable ?? (typeof body === "string" || body instanceof Uint8Array)
          const request = HttpClientRequest.put(uploadUrl, { body: httpBody(body, options?.size) })
          // An upload URL lets anyone who sees it in a trace write to the import; object stores refuse headers they did not sign.
          const response = yield* (replayable ? retried : once).execute(request).pipe(
            withSize(fetch, options?.size),
            Effect.provideService(HttpClient.TracerPropagationEnabled, false),
            Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
          )
          if (response.status >= 300) return yield* refusal(response)
          yield* Effect.ignore(response.text)
        })
      }
    })
  )

  static readonly layer = this.layerBare.pipe(Layer.provide([Retry.layer(), FetchHttpClient.layer]))
}
