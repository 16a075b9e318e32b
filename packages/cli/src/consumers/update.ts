import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { ConsumerStatus, ConsumerUpdate } from "@audiences/domain/Consumer"
import { decodeBody, jsonSource, readJson } from "../audiences/payload.ts"
import { consumerArgument } from "../Ids.ts"
import { printRecord } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"
import { UsageError } from "../UsageError.ts"

/** What may be emptied, under the names of the flags that fill it. */
const clearable = { email: "email", name: "fullName", phone: "phone", metadata: "metadata" } as const

const textFlag = (name: string, what: string) => Flag.String(name).pipe(Flag.optional, Flag.withDescription(what))

export const update = Command.make(
  "update",
  {
    consumer: consumerArgument,
    email: textFlag("email", "New email address"),
    name: textFlag("name", "New full name"),
    phone: textFlag("phone", "New phone number, with + and the country"),
    status: Flag.Literals("status", ConsumerStatus.literals).pipe(Flag.optional, Flag.withDescription("New status")),
    smsOptOut: Flag.Boolean("sms-opt-out").pipe(
      Flag.optional,
      Flag.withDescription("Whether messages to the phone are unwanted")
    ),
    metadata: jsonSource("metadata", "A JSON object in place of the one that is kept"),
    clear: Flag.Literals("clear", Object.keys(clearable) as ReadonlyArray<keyof typeof clearable>).pipe(
      Flag.atLeast(0),
      Flag.withDefault([]),
      Flag.withDescription("Empty a field; may be repeated")
    )
  },
  Effect.fn("consumers.update")(function* ({ consumer, ...flags }) {
    const changes = {
      ...optionalKey("email", flags.email),
      ...optionalKey("fullName", flags.name),
      ...optionalKey("phone", flags.phone),
      ...optionalKey("status", flags.status),
      ...optionalKey("smsOptOut", flags.smsOptOut),
      ...(Option.isSome(flags.metadata) ? { metadata: yield* readJson("metadata", flags.metadata.value) } : {}),
      ...Object.fromEntries(flags.clear.map((field) => [clearable[field], null]))
    }
    if (Object.keys(changes).length === 0)
      return yield* new UsageError({ message: "Nothing to change: give at least one flag." })
    const { consumers } = yield* AudiencesClient
    const payload = yield* decodeBody(ConsumerUpdate, changes)
    yield* printRecord(yield* consumers.update({ params: { id: consumer }, payload }))
  })
).pipe(
  Command.withDescription("Change a consumer; what is not given stays"),
  Command.withExamples([
    {
      command: "audiences consumers update 01984a3e-7c10-7a80-9d10-3c5f6d0c2f22 --status INACTIVE --clear phone",
      description: "Deactivate, and forget the phone number"
    }
  ])
)
