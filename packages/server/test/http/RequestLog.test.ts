import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { ask } from "../Answer.ts"
import { crashing, key, known } from "../FakeEngine.ts"
import { FakeServer } from "../FakeServer.ts"

/** The lines that the server writes while `effect` runs, as a program off a terminal writes them. */
const linesOf = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logger = Logger.make((options) => void lines.push(Logger.formatJson.log(options)))
    yield* effect.pipe(Effect.provide(FakeServer), Effect.provide(Logger.layer([logger])))
    return lines
  })

describe("the request log", () => {
  it.live("has one line for each request, with its id, and never its query or its key", () =>
    Effect.gen(function* () {
      const lines = yield* linesOf(
        ask(`/api/audiences/${known}?token=hush`, { key, headers: { "x-request-id": "r-1" } })
      )
      assert.strictEqual(lines.length, 1)
      assert.notInclude(lines[0], "hush")
      assert.notInclude(lines[0], key)
      const { annotations, message } = JSON.parse(lines[0]!)
      assert.strictEqual(message, `GET /api/audiences/${known}`)
      assert.deepStrictEqual(
        { ...annotations, durationMillis: typeof annotations.durationMillis },
        {
          requestId: "r-1",
          method: "GET",
          path: `/api/audiences/${known}`,
          status: 200,
          durationMillis: "number",
          organizationId: "0190a000-0000-7000-8000-000000000001"
        }
      )
    })
  )

  it.live("has the cause of a failure under the id that the caller was given", () =>
    Effect.gen(function* () {
      const lines = yield* linesOf(ask(`/api/audiences/${crashing}`, { key, headers: { "x-request-id": "r-2" } }))
      const failure = lines.map((line) => JSON.parse(line)).find((line) => line.level === "ERROR")
      assert.strictEqual(failure.annotations.requestId, "r-2")
      assert.include(failure.cause, "secret detail of the database")
    })
  )

  it.live("passes over the probes of supervisors", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* linesOf(ask("/health/live")), [])
    })
  )
})
