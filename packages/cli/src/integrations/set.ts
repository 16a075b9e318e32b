import { Effect, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { IntegrationUpdate } from "@audiences/domain/Integration"
import { credentialFields, type Vendor } from "@audiences/domain/Vendor"
import { decodeBody } from "../audiences/payload.ts"
import { note } from "../output/Note.ts"
import { UsageError } from "../UsageError.ts"
import { printIntegration } from "./printIntegration.ts"
import { readSecret } from "./Secret.ts"
import { vendorArgument } from "./vendorArgument.ts"

interface Open {
  readonly shop: Option.Option<string>
  readonly url: Option.Option<string>
}

/** What opens the account: the flags that the vendor has, and its secret from elsewhere. */
const credentialsOf = Effect.fnUntraced(function* (vendor: Vendor, flags: Open) {
  const fields = Object.entries(credentialFields[vendor])
  const credentials: Record<string, string> = {}
  for (const name of ["shop", "url"] as const) {
    const known = fields.some(([field]) => field === name)
    const given = Option.getOrUndefined(flags[name])
    if (known && given === undefined) return yield* new UsageError({ message: `${vendor} needs --${name} too.` })
    if (!known && given !== undefined) return yield* new UsageError({ message: `${vendor} has no --${name}.` })
    if (given !== undefined) credentials[name] = given
  }
  for (const [name, { description, secret }] of fields) {
    if (secret) credentials[name] = Redacted.value(yield* readSecret(description))
  }
  return credentials
})

/** Asks the vendor something, once the account is set: a key that it refuses is heard of now, and not from the first sync. */
const tryOut = Effect.fnUntraced(function* (vendor: Vendor) {
  const { integrations } = yield* AudiencesClient
  const { complete, data } = yield* integrations
    .lists({ params: { vendor } })
    .pipe(Effect.tapError(() => note("The account is set, but cannot be used as it is:")))
  yield* note(
    `${vendor} takes it, and has ${complete ? "" : "at least "}${data.length} ${data.length === 1 ? "list" : "lists"}.`
  )
})

export const set = Command.make(
  "set",
  {
    vendor: vendorArgument,
    shop: Flag.String("shop").pipe(
      Flag.optional,
      Flag.withDescription("Address of a Shopify shop, such as acme.myshopify.com")
    ),
    url: Flag.String("url").pipe(Flag.optional, Flag.withDescription("Base URL of another server of this contract")),
    property: Flag.KeyValuePair("property").pipe(
      Flag.optional,
      Flag.withDescription(
        "A property of the vendor's, and the key of metadata that it becomes; replaces those set; may be repeated"
      )
    ),
    keepCredentials: Flag.Boolean("keep-credentials").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Change properties only, and ask for no key")
    )
  },
  Effect.fn("integrations.set")(function* ({ keepCredentials, property, vendor, ...flags }) {
    const { integrations } = yield* AudiencesClient
    const change = {
      ...(keepCredentials ? {} : { credentials: yield* credentialsOf(vendor, flags) }),
      ...(Option.isSome(property) ? { properties: property.value } : {})
    }
    if (Object.keys(change).length === 0) {
      return yield* new UsageError({ message: "Nothing to change: give --property, or leave out --keep-credentials." })
    }
    const payload = yield* decodeBody(IntegrationUpdate, change)
    yield* printIntegration(yield* integrations.set({ params: { vendor }, payload }))
    if (!keepCredentials) yield* tryOut(vendor)
  })
).pipe(
  Command.withDescription("Set the account at a vendor, and try it; its key is read from standard input, or asked for"),
  Command.withExamples([
    { command: "audiences integrations set klaviyo < key.txt", description: "With the key in a file" },
    {
      command: "audiences integrations set shopify --shop acme.myshopify.com --property numberOfOrders=orders",
      description: "Asks for the access token"
    }
  ])
)
