import { Api, basePath } from "@audiences/domain/api/Api"
import { idempotentPaths } from "@audiences/domain/api/IdempotentRequests"
import type { RequestKind } from "@audiences/engine/rateLimits/RateLimitRepo"
import { FindMyWay, HttpRouter } from "effect/http"
import { HttpApi } from "effect/http-api"
import { routing } from "./Routing.ts"

/** What a request under the base path asks for. */
export interface AskedOperation {
  readonly kind: RequestKind
  /** The path of the contract, with the names of what varies in it; undefined: it has none like it. */
  readonly path: string | undefined
  /** Of operations that are done once if they carry a key: their path, however it was written. */
  readonly keyedPath: string | undefined
  readonly query: string
}

interface Route {
  readonly kind: RequestKind
  readonly path: string | undefined
  readonly keyedPath: string | undefined
}

/** Those that decide who enters: their requests are counted by themselves. */
const gate: ReadonlySet<string> = new Set([
  "GET /audiences/:audienceId/members/:consumerId",
  "POST /audiences/:audienceId/members/check"
])

const anyOther: Route = { kind: "api", path: undefined, keyedPath: undefined }

/** The router's own algorithm on the contract's own paths: a path that the router would find, written in whatever way, is found here. */
const routes = (): FindMyWay.Router<Route> => {
  const router = FindMyWay.make<Route>(routing)
  router.all(`${basePath}/*`, anyOther)
  router.all(basePath, anyOther)
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path } }) =>
      router.on(method, HttpRouter.prefixPath(path, basePath) as FindMyWay.PathInput, {
        kind: gate.has(`${method} ${path}`) ? "gate" : "api",
        path,
        keyedPath: method === "POST" && idempotentPaths.includes(path) ? path : undefined
      })
  })
  return router
}

const router = routes()

/** `undefined`: the request is for something outside of the contract's paths. */
export const askedOperation = (method: string, url: string): AskedOperation | undefined => {
  const found = router.find(method === "HEAD" ? "GET" : method, url)
  if (found === undefined) return undefined
  const { handler, params, searchParams } = found
  const keyedPath = handler.keyedPath?.replaceAll(/:([^/]+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? "")
  )
  return { kind: handler.kind, path: handler.path, keyedPath, query: JSON.stringify(searchParams) }
}
