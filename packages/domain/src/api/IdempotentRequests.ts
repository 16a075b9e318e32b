import { HttpApi } from "effect/http-api"
import { Api } from "./Api.ts"

/** POSTs that only read: an `Idempotency-Key` means nothing to them. */
const reading: ReadonlySet<string> = new Set(["/audiences/preview", "/audiences/:audienceId/members/check"])

const paths = (): ReadonlyArray<string> => {
  const found: Array<string> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      if (endpoint.method === "POST" && !reading.has(endpoint.path)) found.push(endpoint.path)
    }
  })
  return found
}

/** The paths of the contract whose POST writes, and is done once if it carries an `Idempotency-Key`. */
export const idempotentPaths = paths()

/** Of an `Idempotency-Key`, in characters. */
export const longestIdempotencyKey = 255
