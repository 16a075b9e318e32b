import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { note } from "../output/Note.ts"
import { printRecord } from "../output/Output.ts"
import { readProfiles, writeProfiles } from "./ConfigFile.ts"
import { defaultProfile, profileAsked } from "./Profile.ts"
import { ProfileNotFound } from "./ProfileNotFound.ts"

export const logout = Command.make(
  "logout",
  {},
  Effect.fn("profiles.logout")(function* () {
    const { current, profiles } = yield* readProfiles
    const name = Option.getOrElse(yield* profileAsked, () => current ?? defaultProfile)
    if (!Object.hasOwn(profiles, name)) return yield* new ProfileNotFound({ name })
    const { [name]: forgotten, ...kept } = profiles
    yield* writeProfiles({ ...(current === undefined || current === name ? {} : { current }), profiles: kept })
    yield* printRecord({ profile: name, url: forgotten?.url })
    yield* note("The key is forgotten here, and still works: `audiences keys revoke` ends it.")
  })
).pipe(
  Command.withDescription("Forget a profile and its key"),
  Command.withExamples([{ command: "audiences logout --profile shop", description: "The profile shop" }])
)
