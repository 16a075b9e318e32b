import { basePath } from "@audiences/domain/api/Api"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Cause, Effect, Exit, Layer } from "effect"
import { Configuration } from "./Configuration.ts"
import { PublicUrl } from "./PublicUrl.ts"
import { Logging } from "./Logging.ts"
import { Server } from "./Server.ts"
import { explain } from "./StartFailure.ts"
import { boundYoungGeneration } from "./YoungGeneration.ts"

boundYoungGeneration()

const ready = Effect.gen(function* () {
  const { role } = yield* Configuration
  const url = yield* PublicUrl
  yield* Effect.logInfo(
    role === "worker"
      ? `Ready to work, as ${url}/health/ready tells`
      : `Ready at ${url}${basePath}, described at ${url}/docs`
  )
})

const run = Layer.build(Server).pipe(
  Effect.flatMap((context) => Effect.provideContext(ready, context)),
  Effect.andThen(Effect.never),
  Effect.onInterrupt(() => Effect.logInfo("Stopping: requests that are being answered have 10 seconds to end")),
  Effect.scoped,
  Effect.provide(Logging),
  Effect.provide(Configuration.layer),
  Effect.tapCause((cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.void
      : Effect.sync(() => process.stderr.write(`audiences: ${explain(cause)}\n`))
  )
)

/** Stops at once when asked again. A terminal and its wrappers may each pass on the same Ctrl-C: those come together. */
const stopOnSecondSignal = () => {
  let asked: number | undefined
  const onSignal = (signal: "SIGINT" | "SIGTERM") => {
    const now = performance.now()
    if (asked !== undefined && now - asked > 1000) process.exit(signal === "SIGINT" ? 130 : 143)
    asked ??= now
  }
  process.on("SIGINT", onSignal)
  process.on("SIGTERM", onSignal)
}

stopOnSecondSignal()
NodeRuntime.runMain(run, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
})
