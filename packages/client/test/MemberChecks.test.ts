import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Result } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { AudienceId } from "@audiences/domain/AudienceId"
import { ConsumerId } from "@audiences/domain/Consumer"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { Authentication } from "@audiences/client/Authentication"
import { MemberChecks } from "@audiences/client/MemberChecks"
import { problemsOf } from "@audiences/client/Problem"
import { Retry } from "@audiences/client/Retry"
import { audienceId } from "./examples.ts"
import { checkedBy } from "./gateHost.ts"

const audience = AudienceId.make(audienceId)
const consumer = (n: number) => ConsumerId.make(`01984a3e-7c10-7a80-9d10-${String(n).padStart(12, "0")}`)

const gate = () => {
  const asked: Array<number> = []
  const client = HttpClient.make((request) =>
    Effect.sync(() => {
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      asked.push(JSON.parse(body).consumers.length)
      return HttpClientResponse.fromWeb(request, checkedBy(body))
    })
  )
  const layer = MemberChecks.layer.pipe(
    Layer.provide(AudiencesClient.layerBare({ baseUrl: "http://host.test/api" })),
    Layer.provide([
      Authentication.layer(Redacted.make("sk")),
      Retry.layerNone,
      Layer.succeed(HttpClient.HttpClient, client)
    ])
  )
  return { asked, layer }
}

describe("MemberChecks", () => {
  it.effect("asks once for the checks of the same moment, and for at most 1000 people", () =>
    Effect.gen(function* () {
      const { asked, layer } = gate()
      yield* Effect.gen(function* () {
        const { check } = yield* MemberChecks
        const answers = yield* Effect.forEach(
          Array.from({ length: 1001 }, (_, i) => i),
          (i) => check(audience, { consumerId: consumer(i) }),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(({ status }) => status === "IN").length, 101)
        assert.strictEqual(answers[7]?.consumerId, consumer(7))
        yield* check(audience, { consumerId: consumer(1) }, { maxStaleSeconds: 5 })
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(asked, [1000, 1, 1])
    })
  )

  it.effect("asks apart for another freshness", () =>
    Effect.gen(function* () {
      const { asked, layer } = gate()
      yield* MemberChecks.use(({ check }) =>
        Effect.all(
          [
            check(audience, { consumerId: consumer(1) }),
            check(audience, { consumerId: consumer(2) }),
            check(audience, { consumerId: consumer(2) }, { maxStaleSeconds: 0 })
          ],
          { concurrency: "unbounded" }
        )
      ).pipe(Effect.provide(layer))
      assert.deepStrictEqual(asked.sort(), [1, 2])
    })
  )

  it.effect("fails only who is no person, before anything is sent", () =>
    Effect.gen(function* () {
      const { asked, layer } = gate()
      const [known, nobody] = yield* MemberChecks.use(({ check }) =>
        Effect.all(
          [
            Effect.result(check(audience, { consumerId: consumer(10) })),
            Effect.result(check(audience, { email: "nobody" }))
          ],
          { concurrency: "unbounded" }
        )
      ).pipe(Effect.provide(layer))
      assert.strictEqual(Result.getOrThrow(known).status, "IN")
      assert.strictEqual(Result.isFailure(nobody) && nobody.failure._tag, "SchemaError")
      assert.deepStrictEqual(asked, [1])
    })
  )

  it.effect("fails who is to blame for a refusal, and answers the others", () =>
    Effect.gen(function* () {
      const { asked, layer } = gate()
      const [refused, known] = yield* MemberChecks.use(({ check }) =>
        Effect.all(
          [
            Effect.result(check(audience, { email: "ada@refused.test" })),
            Effect.result(check(audience, { consumerId: consumer(10) }))
          ],
          { concurrency: "unbounded" }
        )
      ).pipe(Effect.provide(layer))
      assert.strictEqual(Result.getOrThrow(known).status, "IN")
      const error = Result.isFailure(refused) ? refused.failure : undefined
      assert.deepStrictEqual(error?._tag === "ValidationError" && problemsOf(error.issues), [
        { path: "email", message: "Expected an email address" }
      ])
      assert.deepStrictEqual(asked, [2, 1])
    })
  )
})
