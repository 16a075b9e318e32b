import { Config, Effect, Option } from "effect"
import { Flag, GlobalFlag } from "effect/cli"

export const ProfileFlag = GlobalFlag.Setting("profile")({
  flag: Flag.String("profile").pipe(
    Flag.optional,
    Flag.withMetavar("name"),
    Flag.withDescription("The server and key that `audiences login` has stored under this name")
  )
})

/** The profile of those who name none. */
export const defaultProfile = "default"

const named = (name: string) => (name.trim() === "" ? Option.none<string>() : Option.some(name.trim()))

/** The profile that was asked for, by `--profile`, else by `AUDIENCES_PROFILE`. */
export const profileAsked = Effect.gen(function* () {
  const variable = yield* Effect.orDie(Config.String("AUDIENCES_PROFILE").pipe(Config.withDefault("")))
  return Option.orElse(Option.flatMap(yield* ProfileFlag, named), () => named(variable))
})
