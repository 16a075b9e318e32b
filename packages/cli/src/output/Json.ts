import { Flag, GlobalFlag } from "effect/cli"

/** Asked for on any command; off a terminal, JSON is what is printed anyway. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Print JSON, one object per line, as when the output is not a terminal")
  )
})
