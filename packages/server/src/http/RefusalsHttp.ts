import { Refusals } from "@audiences/domain/api/Refusals"
import { InternalServerError, PayloadTooLarge } from "@audiences/domain/Errors"
import { refuse, schemaIssues, ValidationError } from "@audiences/domain/ValidationError"
import { Cause, Effect, Layer, Option, Result, SchemaIssue } from "effect"
import { HttpServerError, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { HttpApiError } from "effect/http-api"
import type { unhandled } from "effect/Types"
import { CurrentRequest } from "./CurrentRequest.ts"
import { isDatabaseLost } from "./DatabaseLost.ts"
import { errorResponse } from "./ErrorResponse.ts"
import { withCheckedBody } from "./JsonBody.ts"

/** What the schemas of path, query and body refuse: everything at once, each with its path. */
const validationError = ({ cause }: HttpApiError.HttpApiSchemaError): ValidationError => {
  const { issue } = cause
  // A body that is no JSON never was a value, so nothing of it can be shown.
  if (issue._tag === "InvalidValue" && issue.annotations?.message === "Expected a valid JSON body") {
    return refuse(undefined, [
      { path: [], type: "json", expected: "a valid JSON body", message: "Request body is not valid JSON" }
    ])
  }
  return new ValidationError({ issues: schemaIssues(issue, SchemaIssue.hasInput(issue) ? issue.input : undefined) })
}

const internalServerError = (cause: Cause.Cause<unknown>) =>
  Effect.gen(function* () {
    const { id } = yield* CurrentRequest
    yield* Effect.logError("Request failed", cause)
    return yield* new InternalServerError({ requestId: id })
  })

/** What is wrong with a body before it is a value; the router calls all of it defects. */
const unreadBody = (cause: Cause.Cause<unknown>) => {
  const defect = Option.getOrUndefined(Result.getSuccess(Cause.findDefect(cause)))
  if (defect instanceof ValidationError) return Effect.fail(defect)
  if (!HttpServerError.isHttpServerError(defect) || defect.reason._tag !== "RequestParseError") return undefined
  return defect.reason.reason === "BodyTooLarge"
    ? Effect.succeed(errorResponse(413, new PayloadTooLarge().error))
    : Effect.fail(
        refuse(undefined, [{ path: [], type: "body", expected: "a complete body", message: "Request body broke off" }])
      )
}

/** The router's own answer has no body of this contract. */
const unsupported = (response: HttpServerResponse.HttpServerResponse) =>
  response.status === 415 ? errorResponse(415, "Unsupported content-type, expected application/json") : response

const refusal = (cause: Cause.Cause<unhandled>) => {
  const error: unknown = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (HttpApiError.HttpApiSchemaError.is(error)) {
    return error.kind === "Body" || error.kind === "ResponseHeaders"
      ? internalServerError(cause)
      : Effect.fail(validationError(error))
  }
  if (error !== undefined || Cause.hasInterrupts(cause) || isDatabaseLost(cause)) return Effect.failCause(cause)
  return unreadBody(cause) ?? internalServerError(cause)
}

export const RefusalsHttp = Layer.succeed(Refusals, (httpEffect) =>
  Effect.matchCauseEffect(Effect.updateService(httpEffect, HttpServerRequest.HttpServerRequest, withCheckedBody), {
    onSuccess: (response) => Effect.succeed(unsupported(response)),
    onFailure: (
      cause
    ): Effect.Effect<HttpServerResponse.HttpServerResponse, unhandled | ValidationError | InternalServerError> =>
      refusal(cause)
  })
)
