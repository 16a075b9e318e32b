import { Flag } from "effect/cli"

export const watchFlag = Flag.Boolean("watch").pipe(
  Flag.withoutNegation,
  Flag.withDefault(false),
  Flag.withDescription("Wait until the audiences show it, with progress on standard error")
)
