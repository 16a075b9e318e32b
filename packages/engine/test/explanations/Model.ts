import type { Consumer } from "@audiences/domain/Consumer"
import { consumerFields, type ConsumerFieldName } from "@audiences/domain/ConsumerField"
import { DateTime } from "effect"
import type { WireConsumer } from "../../../../tools/vitest/rules/BruteForce.ts"

/** A consumer of the wire as the engine has it. */
export const modelOf = (wire: WireConsumer): Consumer =>
  Object.fromEntries(
    Object.entries(wire).map(([name, value]) => [
      name,
      consumerFields[name as ConsumerFieldName] === "instant" && typeof value === "string"
        ? DateTime.makeUnsafe(value)
        : value
    ])
  ) as unknown as Consumer
