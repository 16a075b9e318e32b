import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { RefreshScheduler } from "@audiences/engine/refreshes/RefreshScheduler"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"

it.effect("looks for due refreshes every second, also after a pass that failed", () =>
  Effect.gen(function* () {
    const passes = yield* Ref.make(0)
    const enqueueDue = Ref.updateAndGet(passes, (n) => n + 1).pipe(
      Effect.flatMap((n) => (n === 2 ? Effect.die("the database is away") : Effect.succeed(n)))
    )
    const refreshes = Layer.succeed(
      Refreshes,
      Refreshes.of({ enqueueDue, request: () => Effect.die("unused"), run: () => Effect.die("unused") })
    )
    yield* Layer.build(RefreshScheduler.pipe(Layer.provide(refreshes)))
    yield* TestClock.adjust("4 seconds")
    assert.strictEqual(yield* Ref.get(passes), 5)
  })
)
