import { Api, basePath } from "@audiences/domain/api/Api"
import { HttpApi } from "effect/http-api"
import { HttpRouter } from "effect/http"
import { errorResponse } from "./ErrorResponse.ts"

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const
type Method = (typeof methods)[number]

const used = (): Map<string, Set<string>> => {
  const byPath = new Map<string, Set<string>>()
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      const path = HttpRouter.prefixPath(endpoint.path, basePath)
      byPath.set(path, (byPath.get(path) ?? new Set()).add(endpoint.method))
    }
  })
  return byPath
}

const refusal = (method: Method, path: string, allowed: ReadonlySet<string>) =>
  HttpRouter.route(
    method,
    path as `/${string}`,
    errorResponse(405, "Method not allowed", {
      headers: { allow: [...allowed, ...(allowed.has("GET") ? ["HEAD"] : [])].join(", ") }
    })
  )

/** 405 for the methods that a path of the contract does not have. No CORS: browsers have no business with secret keys. */
export const OtherMethods = HttpRouter.addAll(
  Array.from(used()).flatMap(([path, allowed]) =>
    methods.filter((method) => !allowed.has(method)).map((method) => refusal(method, path, allowed))
  )
)
