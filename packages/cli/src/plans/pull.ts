import { Effect, FileSystem, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { AudienceFull } from "@audiences/domain/Audience"
import { printWhere } from "@audiences/domain/where/WherePrinter"
import { jsonAsked } from "../output/Format.ts"
import { note, printText } from "../output/Output.ts"
import { standardInput as standardOutput, userPath } from "../UserFile.ts"
import { UsageError } from "../UsageError.ts"
import { settable } from "./Definition.ts"
import { liveAudiences } from "./AudiencePlan.ts"

const declaration = (audience: AudienceFull, withId: boolean) => {
  const { id, name, primarySyncSource, rules, type } = audience
  return {
    ...(withId ? { id } : {}),
    name,
    type,
    ...(type === "DYNAMIC" ? { where: printWhere(rules) } : {}),
    ...Object.fromEntries(settable.filter((field) => audience[field] != null).map((field) => [field, audience[field]])),
    ...(primarySyncSource == null
      ? {}
      : {
          primarySyncSource: {
            syncSource: primarySyncSource.syncSource,
            syncSourceId: primarySyncSource.syncSourceId
          }
        })
  }
}

const write = (file: string, text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Effect.orDie(userPath(file))
    yield* Effect.mapError(
      fs.writeFileString(path, text),
      ({ message }) => new UsageError({ message: `${path} cannot be written: ${message}` })
    )
  })

export const pull = Command.make(
  "pull",
  {
    file: Argument.String("file").pipe(
      Argument.optional,
      Argument.withDescription("File to write, JSON if it ends in .json, else YAML; standard output unless given")
    ),
    ids: Flag.Boolean("ids").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("With the id of each, so that the file can rename; ids are of this server only")
    )
  },
  Effect.fn("plans.pull")(function* ({ file, ids }) {
    const live = yield* liveAudiences
    const named = (name: string) => live.filter((audience) => audience.name === name).length
    const audiences = live.map((audience) => declaration(audience, ids || named(audience.name) > 1))
    const name = Option.getOrElse(file, () => standardOutput)
    const asJson = name.endsWith(".json") || (name === standardOutput && (yield* jsonAsked))
    const text = asJson
      ? `${JSON.stringify({ audiences }, null, 2)}\n`
      : (yield* Effect.promise(() => import("./Yaml.ts"))).Yaml.stringify({ audiences })
    if (name === standardOutput) return yield* printText(text)
    yield* write(name, text)
    yield* note(`${audiences.length} audiences written to ${name}.`)
  })
).pipe(
  Command.withDescription("Write the audiences of the server as a file for `plan` and `apply`"),
  Command.withExamples([{ command: "audiences pull audiences.yaml", description: "To begin with" }])
)
