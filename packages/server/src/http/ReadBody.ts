import type { Exit } from "effect"
import type { HttpServerError, HttpServerRequest } from "effect/http"

/**
 * The request with a body that was read already, or could not be. The router works on copies of requests, and each would read for
 * itself, from a connection that has nothing more to give.
 */
export const withReadBody = (
  request: HttpServerRequest.HttpServerRequest,
  body: Exit.Exit<ArrayBuffer, HttpServerError.HttpServerError>
): HttpServerRequest.HttpServerRequest =>
  Object.create(request, {
    arrayBuffer: { value: body },
    modify: {
      value: (options: Parameters<typeof request.modify>[0]) => withReadBody(request.modify(options), body)
    }
  })
