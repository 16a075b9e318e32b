import { Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { Integration, VendorListings } from "@audiences/domain/Integration"
import { confirm } from "../confirmation/Confirmation.ts"
import { served } from "../connection/Server.ts"
import { note, printList, type Shown } from "../output/Output.ts"
import { importLists } from "./importLists.ts"
import { printIntegration, shownIntegration } from "./printIntegration.ts"
import { set } from "./set.ts"
import { vendorArgument } from "./vendorArgument.ts"

const shownAs = (name: string) => (integration: Integration) => Object.fromEntries(shownIntegration(integration))[name]

const columns: ReadonlyArray<Shown<Integration>> = [
  { title: "VENDOR", of: ({ vendor }) => vendor },
  { title: "CREDENTIALS", shrinks: true, of: shownAs("credentials") },
  { title: "PROPERTIES", shrinks: true, of: shownAs("properties") },
  { title: "SET", of: ({ createdAt, updatedAt }) => updatedAt ?? createdAt }
]

const listColumns: ReadonlyArray<Shown<VendorListings["data"][number]>> = [
  { title: "SOURCE", of: ({ syncSource }) => syncSource },
  { title: "ID", of: ({ syncSourceId }) => syncSourceId },
  { title: "NAME", shrinks: true, of: ({ name }) => name },
  { title: "MEMBERS", of: ({ memberCount }) => memberCount }
]

const list = Command.make(
  "list",
  {},
  Effect.fn("integrations.list")(function* () {
    const { integrations } = yield* AudiencesClient
    const { data } = yield* integrations.list()
    yield* printList(Stream.fromIterable(data), columns, "No integrations.")
  })
).pipe(
  Command.withDescription("List the accounts at vendors, without their secrets"),
  Command.withExamples([
    { command: "audiences integrations list", description: "Which vendors there are credentials of" }
  ])
)

const remove = Command.make(
  "remove",
  { vendor: vendorArgument },
  Effect.fn("integrations.remove")(function* ({ vendor }) {
    yield* confirm(`Delete the credentials of ${vendor}?`)
    const { integrations } = yield* AudiencesClient
    yield* printIntegration(yield* integrations.remove({ params: { vendor } }))
  })
).pipe(
  Command.withDescription("Delete the credentials of a vendor; audiences keep their members"),
  Command.withExamples([
    { command: "audiences integrations remove klaviyo --yes", description: "In a script, where nobody is asked" }
  ])
)

const lists = Command.make(
  "lists",
  { vendor: vendorArgument },
  Effect.fn("integrations.lists")(function* ({ vendor }) {
    const { integrations } = yield* AudiencesClient
    const { complete, data } = yield* integrations.lists({ params: { vendor } })
    yield* printList(Stream.fromIterable(data), listColumns, "No lists.")
    if (!complete) yield* note(`These are the first ${data.length}.`)
  })
).pipe(
  Command.withDescription("List the lists of a vendor, as it has them now"),
  Command.withExamples([
    { command: "audiences integrations lists klaviyo", description: "Names and ids, to follow one of them" }
  ])
)

export const integrations = Command.make("integrations").pipe(
  Command.withDescription("Accounts at vendors whose lists audiences are synced with"),
  Command.withSubcommands([served(list), served(set), served(remove), served(lists), served(importLists)])
)
