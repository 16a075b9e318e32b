import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { type Organization, OrganizationCreate, OrganizationUpdate } from "@audiences/domain/Organization"
import { decodeBody } from "../audiences/payload.ts"
import { served } from "../connection/Server.ts"
import { organizationArgument } from "../Ids.ts"
import { asTable, note, printLines, printRecord, type Shown } from "../output/Output.ts"
import { optionalKey, pagingFlags, printPaged } from "../Paging.ts"
import { UsageError } from "../UsageError.ts"

const columns: ReadonlyArray<Shown<Organization>> = [
  { title: "ID", of: ({ id }) => id },
  { title: "NAME", shrinks: true, of: ({ name }) => name },
  { title: "MODE", of: ({ mode }) => mode },
  { title: "ACTIVE", of: ({ active }) => (active ? "active" : "inactive") },
  { title: "CREATED", of: ({ createdAt }) => createdAt }
]

const list = Command.make(
  "list",
  pagingFlags,
  Effect.fn("organizations.list")(function* (paging) {
    const { organizations } = yield* AudiencesClient
    yield* printPaged(paging, (page) => organizations.list({ query: page }), columns, "No organizations.")
  })
).pipe(
  Command.withDescription("List organizations: all of them for the one the server was founded with"),
  Command.withExamples([{ command: "audiences organizations list", description: "With their modes and states" }])
)

const show = Command.make(
  "show",
  { organization: organizationArgument },
  Effect.fn("organizations.show")(function* ({ organization }) {
    const { organizations } = yield* AudiencesClient
    yield* printRecord(yield* organizations.get({ params: { organizationId: organization } }))
  })
).pipe(
  Command.withDescription("Show an organization"),
  Command.withExamples([
    { command: "audiences organizations show 01984a3e-0000-7000-8000-000000000001", description: "One of them" }
  ])
)

const create = Command.make(
  "create",
  { name: Argument.String("name").pipe(Argument.withDescription("Name, 1 to 255 characters")) },
  Effect.fn("organizations.create")(function* ({ name }) {
    const { organizations } = yield* AudiencesClient
    const founded = yield* organizations.create({ payload: yield* decodeBody(OrganizationCreate, { name }) })
    if (yield* asTable) {
      yield* printRecord(founded.live)
      yield* printLines(["", ...founded.keys.map(({ mode, secretKey }) => `${mode}  ${secretKey}`)])
    } else yield* printRecord(founded)
    yield* note("The secret keys are shown this once: keep them now.")
  })
).pipe(
  Command.withDescription("Create an organization with its test sibling, and print a key of each"),
  Command.withExamples([
    { command: 'audiences organizations create "Shop" --json > shop.json', description: "The keys into a file" }
  ])
)

/** What may go back to what the server is set to. */
const clearable = { "rate-limit": "rateLimitPerMinute", "gate-rate-limit": "gateRateLimitPerMinute" } as const

const update = Command.make(
  "update",
  {
    organization: organizationArgument,
    name: Flag.String("name").pipe(Flag.optional, Flag.withDescription("New name")),
    active: Flag.Boolean("active").pipe(Flag.optional, Flag.withDescription("Whether it may use the server at all")),
    rateLimit: Flag.Int("rate-limit").pipe(Flag.optional, Flag.withDescription("Requests a minute; 0: no limit")),
    gateRateLimit: Flag.Int("gate-rate-limit").pipe(Flag.optional, Flag.withDescription("The same for the gate")),
    clear: Flag.Literals("clear", Object.keys(clearable) as ReadonlyArray<keyof typeof clearable>).pipe(
      Flag.atLeast(0),
      Flag.withDefault([]),
      Flag.withDescription("Back to what the server is set to; may be repeated")
    )
  },
  Effect.fn("organizations.update")(function* ({ organization, ...flags }) {
    const changes = {
      ...optionalKey("name", flags.name),
      ...optionalKey("active", flags.active),
      ...optionalKey("rateLimitPerMinute", flags.rateLimit),
      ...optionalKey("gateRateLimitPerMinute", flags.gateRateLimit),
      ...Object.fromEntries(flags.clear.map((field) => [clearable[field], null]))
    }
    if (Object.keys(changes).length === 0)
      return yield* new UsageError({ message: "Nothing to change: give at least one flag." })
    const { organizations } = yield* AudiencesClient
    const payload = yield* decodeBody(OrganizationUpdate, changes)
    yield* printRecord(yield* organizations.update({ params: { organizationId: organization }, payload }))
  })
).pipe(
  Command.withDescription("Rename, activate or deactivate an organization, or limit its requests"),
  Command.withExamples([
    {
      command: "audiences organizations update 01984a3e-0000-7000-8000-000000000001 --rate-limit 5000",
      description: "More requests a minute"
    }
  ])
)

export const organizations = Command.make("organizations").pipe(
  Command.withDescription("Tenants"),
  Command.withSubcommands([served(list), served(show), served(create), served(update)])
)
