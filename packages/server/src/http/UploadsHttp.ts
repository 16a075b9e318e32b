import { FileImport, Import } from "@audiences/domain/Import"
import { Imports } from "@audiences/engine/imports/Imports"
import { Effect, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { errorResponse } from "./ErrorResponse.ts"

const accepted = ["text/csv", "application/csv", "application/octet-stream"]

const mediaType = (contentType: string) => contentType.split(";", 1)[0]!.trim().toLowerCase()

const unsupported = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const type = mediaType(request.headers["content-type"] ?? "text/csv")
  if (!accepted.includes(type)) return `Unsupported content-type ${type}, expected text/csv`
  const encoding = (request.headers["content-encoding"] ?? "identity").toLowerCase()
  return encoding === "identity" ? undefined : `Unsupported content-encoding ${encoding}, send the file as it is`
}

const one = (value: string | ReadonlyArray<string> | undefined) => (typeof value === "string" ? value : "")

const answered = HttpServerResponse.schemaJson(Schema.Union([Import, FileImport]))

/** The body goes through as it arrives: its size does not matter to this process. */
const receive = Effect.gen(function* () {
  const imports = yield* Imports
  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const problem = unsupported(request)
    if (problem !== undefined) return errorResponse(415, problem)
    const params = yield* HttpRouter.params
    const query = yield* HttpServerRequest.ParsedSearchParams
    const grant = {
      organizationId: params.organizationId ?? "",
      importId: params.importId ?? "",
      expires: one(query.expires),
      signature: one(query.signature)
    }
    return yield* imports.receive(grant, request.stream).pipe(
      Effect.flatMap((received) => Effect.orDie(answered(received))),
      Effect.catchTags({
        UploadRefused: ({ error }) => Effect.succeed(errorResponse(403, error)),
        PayloadTooLarge: ({ error }) => Effect.succeed(errorResponse(413, error)),
        HttpServerError: () => Effect.succeed(errorResponse(400, "The upload broke off"))
      })
    )
  })
})

/** `PUT /uploads/:organizationId/:importId`: the signature in the URL is the permission, so there is no key here. */
export const UploadsHttp = HttpRouter.use((router) =>
  Effect.flatMap(receive, (handler) => router.add("PUT", "/uploads/:organizationId/:importId", handler))
)
