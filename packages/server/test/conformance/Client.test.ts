import { tolerantApi } from "@audiences/client/tolerance/TolerantApi"
import { basePath } from "@audiences/domain/api/Api"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Exit, Random, Schema } from "effect"
import { HttpApi } from "effect/http-api"
import { requestOf } from "./Requests.ts"
import { nameOf, wireOperations } from "./Wire.ts"

/** What our client reads the answers of an operation with, by its name and status. */
const readers = new Map<string, Schema.Codec<unknown>>()
HttpApi.reflect(tolerantApi(), {
  onGroup: () => {},
  onEndpoint: ({ endpoint, errors, successes }) => {
    const path = endpoint.path.replace(/:(\w+)/g, "{$1}").replace(/\/$/, "")
    for (const [status, schemas] of [...successes, ...errors])
      readers.set(`${endpoint.method} ${path} ${status}`, Schema.Union(schemas) as unknown as Schema.Codec<unknown>)
  }
})

describe("our client", () => {
  for (const operation of wireOperations) {
    it.effect(`reads whatever another host may answer to ${nameOf(operation)}`, () =>
      Effect.gen(function* () {
        for (const [status, type] of Object.entries(operation.responses)) {
          const reader = readers.get(`${nameOf(operation)} ${status}`)
          assert.isDefined(reader, `${basePath} ${nameOf(operation)} ${status}`)
          const read = Schema.decodeUnknownExit(reader)
          const seed = yield* Random.nextInt
          const answers = yield* Arbitrary.sampleEffect(requestOf(type, "some"), { count: 40, size: 4, seed })
          for (const answer of answers) {
            const result = read(answer)
            assert.isTrue(
              Exit.isSuccess(result),
              `${status}, seed ${seed}: ${String(result)} of ${JSON.stringify(answer)}`
            )
          }
        }
      })
    )
  }
})
