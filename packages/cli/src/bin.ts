import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Exit } from "effect"
import "./FormData.ts"
import { run } from "./run.ts"

/** Whoever read the output has read enough, as `| head` does. */
const leaveWhenNobodyReads = (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0)
  throw error
}
process.stdout.on("error", leaveWhenNobodyReads)
process.stderr.on("error", leaveWhenNobodyReads)

const interrupted = 130

run(process.argv.slice(2)).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? Number(exit.value) : interrupted)
  })
)
