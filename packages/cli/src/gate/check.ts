import { Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { maxCheckSize, MembersCheck, type PersonChecked } from "@audiences/domain/MemberCheck"
import { decodeBody } from "../audiences/payload.ts"
import { audienceArgument } from "../Ids.ts"
import { printList, type Shown } from "../output/Output.ts"
import { optionalKey } from "../Paging.ts"
import { readUserFile, standardInput } from "../UserFile.ts"
import { NotAllIn } from "./NotAllIn.ts"
import { type PersonKind, personKinds, personNamed } from "./Person.ts"

interface Checked extends PersonChecked {
  /** As it was asked for. */
  readonly consumer: string
}

const columns: ReadonlyArray<Shown<Checked>> = [
  { title: "CONSUMER", shrinks: true, of: ({ consumer }) => consumer },
  { title: "STATUS", of: ({ status }) => status },
  { title: "VERSION", align: "right", of: ({ version }) => version },
  { title: "AS OF", of: ({ asOf }) => asOf },
  { title: "STALE", of: ({ stale }) => (stale ? "stale" : "") },
  { title: "ARCHIVED", of: ({ archived }) => (archived ? "archived" : "") }
]

const checkAll = Effect.fnUntraced(function* (
  audienceId: AudienceId,
  people: ReadonlyArray<string>,
  { by, maxStale }: { readonly by: Option.Option<PersonKind>; readonly maxStale: Option.Option<number> }
) {
  const { gate } = yield* AudiencesClient
  const checked: Array<Checked> = []
  for (let at = 0; at < people.length; at += maxCheckSize) {
    const asked = people.slice(at, at + maxCheckSize)
    const payload = yield* decodeBody(MembersCheck, {
      consumers: asked.map((person) => personNamed(person, Option.getOrUndefined(by)))
    })
    const query = optionalKey("maxStaleSeconds", maxStale)
    const { results } = yield* gate.checkAll({ params: { audienceId }, query, payload })
    checked.push(...results.map((result, i) => ({ consumer: asked[i] ?? "", ...result })))
  }
  return checked
})

export const check = Command.make(
  "check",
  {
    audience: audienceArgument,
    consumers: Argument.String("consumer").pipe(
      Argument.withDescription("Id, email, phone with +, or external id; - for one in each line of standard input"),
      Argument.variadic({ min: 1 })
    ),
    by: Flag.Literals("by", Object.keys(personKinds) as ReadonlyArray<PersonKind>).pipe(
      Flag.optional,
      Flag.withDescription("What the consumers are named by; told by their looks unless given")
    ),
    maxStale: Flag.Int("max-stale").pipe(
      Flag.filter(
        (seconds) => seconds >= 0,
        () => "Expected a whole number of seconds, 0 or more"
      ),
      Flag.optional,
      Flag.withDescription("Seconds; what is known less recently is UNKNOWN. 0: read the membership now")
    )
  },
  Effect.fn("gate.check")(function* ({ audience, consumers, ...how }) {
    const people =
      consumers.length === 1 && consumers[0] === standardInput
        ? (yield* readUserFile(standardInput)).split(/\r?\n/).filter((line) => line.trim() !== "")
        : consumers
    const checked = yield* checkAll(audience, people, how)
    yield* printList(Stream.fromIterable(checked), columns, "Nobody to check.")
    const others = checked.filter(({ status }) => status !== "IN").length
    if (others > 0) return yield* new NotAllIn({ message: `${others} of ${checked.length} not IN` })
  })
).pipe(
  Command.withDescription("Check whether consumers are in an audience; exit 0 if all of them are IN, 1 if not"),
  Command.withExamples([
    {
      command: "audiences check 01984a3e-7c10-7a80-9d10-3c5f6d0c2f11 ada@example.com && echo welcome",
      description: "A gate in a shell"
    }
  ])
)
