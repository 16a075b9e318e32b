import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Effect } from "effect"
import type { HttpServerRequest } from "effect/http"

/** Lists in lists, to where everything that recurses can follow; PostgreSQL and `JSON.stringify` among it. */
const maxDepth = 100

const quote = 0x22,
  backslash = 0x5c,
  openBracket = 0x5b,
  closeBracket = 0x5d,
  openBrace = 0x7b,
  closeBrace = 0x7d,
  comma = 0x2c

/** Texts, numbers and so on: what is wrong with each of so many is still told within seconds. */
const maxValues = 1_000_000

/** Whether brackets outside of texts nest too deep, or hold too much. Bytes suffice: in UTF-8 no character contains another's. */
const excess = (json: Uint8Array): "depth" | "values" | undefined => {
  let depth = 0,
    values = 1,
    inText = false
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (inText) {
      if (byte === backslash) i++
      else if (byte === quote) inText = false
    } else if (byte === quote) {
      inText = true
    } else if (byte === openBracket || byte === openBrace) {
      if (++depth > maxDepth) return "depth"
    } else if (byte === closeBracket || byte === closeBrace) {
      depth--
    } else if (byte === comma && ++values > maxValues) {
      return "values"
    }
  }
  return undefined
}

const refusal = (message: string, expected: string): ValidationError =>
  refuse(undefined, [{ path: [], type: "json", message, expected }])

const read = (body: ArrayBuffer): Effect.Effect<string, ValidationError> => {
  switch (excess(new Uint8Array(body))) {
    case "depth":
      return Effect.fail(refusal("Request body is nested too deeply", `JSON of at most ${maxDepth} levels`))
    case "values":
      return Effect.fail(refusal("Request body holds too many values", `JSON of at most ${maxValues} values`))
    case undefined:
      return Effect.try({
        try: () => new TextDecoder("utf-8", { fatal: true }).decode(body),
        catch: () => refusal("Request body is not valid UTF-8", "JSON in UTF-8")
      })
  }
}

/**
 * The request with a body that is UTF-8 and neither too deep nor too full, or else a `ValidationError`: a defect of its text, as every failure to
 * read a body is to the router. The router would replace wrong bytes in silence, and recurse as deep as it is led.
 */
export const withCheckedBody = (request: HttpServerRequest.HttpServerRequest): HttpServerRequest.HttpServerRequest =>
  Object.create(request, {
    text: { get: () => Effect.flatMap(request.arrayBuffer, (body) => Effect.orDie(read(body))) }
  })
