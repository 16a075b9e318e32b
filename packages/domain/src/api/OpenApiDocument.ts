import { OpenApi } from "effect/http-api"
import { Api } from "./Api.ts"
import { idempotentPaths, longestIdempotencyKey } from "./IdempotentRequests.ts"

type Json = unknown

const isRecord = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `AudienceNotFoundEncoded` is an artefact of generation; readers and generators of clients want `AudienceNotFound`. */
const clean = (name: string): string => name.replace(/Encoded$/, "")

const prefix = "#/components/schemas/"

const rewrite = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(rewrite)
  if (!isRecord(value)) return value
  // What strings can be stored is for prose: as a schema, `Text` is a string.
  if (value.$ref === `${prefix}Text`) return { type: "string" }
  const entries = Object.entries(value).flatMap(([key, each]): Array<[string, Json]> => {
    if (key === "$ref" && typeof each === "string" && each.startsWith(prefix)) return [[key, clean(each)]]
    // Unknown keys of requests are ignored, and answers may gain keys.
    if (key === "additionalProperties" && each === false) return []
    // `format: uuid` says it.
    if (key === "pattern" && value.format === "uuid") return []
    // The tag of an error names it in code; the wire has none.
    if (key === "properties" && isRecord(each) && "_tag" in each) {
      const { _tag: _, ...properties } = each
      return [[key, rewrite(properties)]]
    }
    return [[key, rewrite(each)]]
  })
  return Object.fromEntries(entries)
}

const sorted = <A>(record: Record<string, A>): Record<string, A> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  schema: { type: "string", minLength: 1, maxLength: longestIdempotencyKey },
  description:
    "The request is done once, however often it comes with this key, and answered alike for 24 hours. 409 when the key came with another body, and, with `Retry-After`, while the first is being answered."
}

/** The header that every POST takes which writes. */
const withIdempotencyKeys = (paths: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(paths).map(([path, item]) => {
      const { post } = item as { readonly post?: { readonly parameters?: ReadonlyArray<Json> } }
      const takesKey = idempotentPaths.some((each) => each.replaceAll(/:([^/]+)/g, "{$1}") === path)
      if (post === undefined || !takesKey) return [path, item]
      return [
        path,
        { ...(item as object), post: { ...post, parameters: [...(post.parameters ?? []), idempotencyKey] } }
      ]
    })
  )

const tidy = (document: Record<string, Json>): Record<string, Json> => {
  const { components, ...rest } = document as {
    components: { schemas: Record<string, Json> }
    paths: Record<string, Json>
  }
  const { Text: _, ...schemas } = components.schemas
  const renamed = Object.entries(schemas).map(([name, schema]) => [clean(name), rewrite(schema)] as const)
  return {
    ...(rewrite({ ...rest, paths: withIdempotencyKeys(rest.paths) }) as Record<string, Json>),
    // Registered in lower case, and some generators compare it as it is written.
    components: {
      ...components,
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: sorted(Object.fromEntries(renamed))
    }
  }
}

/** The contract, annotated so that everything generated from it (document and docs page) is the document below. */
export const DocumentedApi = Api.annotate(OpenApi.Transform, tidy)

/** The contract as an OpenAPI 3.1 document. */
export const openApiDocument = (): OpenApi.OpenAPISpec => OpenApi.fromApi(DocumentedApi)
