import { HttpServerResponse } from "effect/http"

/** An answer in the shape of every refusal but the 400: `{"error": "<text>"}`, and more members where they help. */
export const errorResponse = (
  status: number,
  error: string,
  options?: {
    readonly members?: Readonly<Record<string, unknown>>
    readonly headers?: Readonly<Record<string, string>>
  }
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe({ error, ...options?.members }, { status, headers: options?.headers })
