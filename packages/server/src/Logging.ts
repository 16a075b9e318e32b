import { Effect, Layer, Logger, References } from "effect"
import { Configuration } from "./Configuration.ts"

const logger = process.stdout.isTTY === true ? Logger.consolePretty() : Logger.consoleJson

/** For people on a terminal, one JSON object a line for everything else. */
export const Logging = Layer.merge(
  Logger.layer([logger]),
  Layer.effect(
    References.MinimumLogLevel,
    Effect.map(Configuration, ({ logLevel }) => logLevel)
  )
)
