import { Effect, Layer } from "effect"
import { Command } from "effect/cli"

/** Loaded when a command runs: help does without. */
const layer = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("./Client.ts")),
    ({ layer }) => layer
  )
)

/** Gives a command its server. Each its own, and not the root for all: help and mistyped flags ask for no key. */
export const served = <const Name extends string, Input, ContextInput, E, R>(
  command: Command.Command<Name, Input, ContextInput, E, R>
) => Command.provide(command, layer)
