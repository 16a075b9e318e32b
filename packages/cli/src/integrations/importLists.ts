import { Effect, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { printList, type Shown } from "../output/Output.ts"

interface TakenOver {
  readonly listId: string
  readonly status: string
  readonly syncSourceId?: string
  readonly reason?: string
  readonly existingAudienceId?: string | null
}

const columns: ReadonlyArray<Shown<TakenOver>> = [
  { title: "LIST", of: ({ listId }) => listId },
  { title: "STATUS", of: ({ status }) => status },
  { title: "SYNC SOURCE", of: ({ syncSourceId }) => syncSourceId },
  { title: "REASON", shrinks: true, of: ({ reason }) => reason },
  { title: "AUDIENCE", of: ({ existingAudienceId }) => existingAudienceId }
]

/** Those whose lists the contract has an operation for. */
const vendors = ["klaviyo", "mailchimp", "sendgrid"] as const

export const importLists = Command.make(
  "import",
  {
    vendor: Argument.Literals("vendor", vendors).pipe(Argument.withDescription(`One of ${vendors.join(", ")}`)),
    lists: Argument.String("list").pipe(
      Argument.withDescription("The vendor's own id of a list; `audiences integrations lists` shows them"),
      Argument.variadic({ min: 1 })
    )
  },
  Effect.fn("integrations.import")(function* ({ lists, vendor }) {
    const { syncs } = yield* AudiencesClient
    const { imported, skipped } = yield* syncs[vendor]({ payload: { listIds: lists } })
    const all: ReadonlyArray<TakenOver> = [...imported, ...skipped.map((list) => ({ ...list, status: "SKIPPED" }))]
    yield* printList(Stream.fromIterable(all), columns, "No lists.")
  })
).pipe(
  Command.withDescription("Take lists of a vendor over, each as a SYNCED_LIST of its own"),
  Command.withExamples([
    { command: "audiences integrations import klaviyo Y6nRLr UkyaHm", description: "Two of its lists" }
  ])
)
