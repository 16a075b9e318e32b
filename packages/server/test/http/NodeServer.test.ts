import { layer } from "@audiences/server/http/NodeServer"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { HttpServer } from "effect/http"
import { ask } from "../Answer.ts"
import { key, known, slow, slowness } from "../FakeEngine.ts"
import { FakeServer } from "../FakeServer.ts"

describe("NodeServer", () => {
  it.live("lets a request finish that is being answered when the server is told to stop, and takes no new one", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(FakeServer, scope)
      const asking = (id: string) => ask(`/api/audiences/${id}`, { key }).pipe(Effect.provideContext(context))
      const first = yield* Effect.forkChild(asking(slow))
      yield* Deferred.await(slowness.asked)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* Effect.repeat(Effect.exit(asking(known)), { until: Exit.isFailure })
      assert.isUndefined(first.pollUnsafe())
      yield* Deferred.succeed(slowness.goOn, undefined)
      const answer = yield* Fiber.join(first)
      assert.deepStrictEqual([answer.status, answer.json.id], [200, slow])
      yield* Fiber.join(closing)
    })
  )

  it.effect("says what to do when the port is taken", () =>
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const port = "port" in address ? address.port : 0
      const error = yield* Effect.flip(Layer.build(layer({ host: "127.0.0.1", port })))
      assert.strictEqual(
        error.message,
        `Port ${port} on 127.0.0.1 is in use: stop the other program or set AUDIENCES_PORT`
      )
    }).pipe(Effect.provide(layer({ host: "127.0.0.1", port: 0 })))
  )

  it.effect("says which variable names an address that is not of this machine", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(layer({ host: "192.0.2.1", port: 0 })))
      assert.strictEqual(error.message, "192.0.2.1 is no address of this machine: set AUDIENCES_HOST")
    })
  )
})
