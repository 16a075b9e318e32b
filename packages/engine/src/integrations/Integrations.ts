import type { Actor } from "@audiences/domain/Actor"
import {
  type EncryptionKeyMissing,
  type Integration,
  type IntegrationList,
  IntegrationNotFound,
  type IntegrationUpdate,
  VendorFailed,
  type VendorListings,
  VendorRefused
} from "@audiences/domain/Integration"
import type { OrganizationId } from "@audiences/domain/Organization"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Vendor } from "@audiences/domain/Vendor"
import { Context, Effect, Layer, Schema, Stream } from "effect"
import type { ConnectorError, Credentials } from "../connectors/Connector.ts"
import { Connectors } from "../connectors/Connectors.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { EncryptionKeys } from "./EncryptionKeys.ts"
import { givenCredentials, shownCredentials } from "./GivenCredentials.ts"
import { IntegrationRepo } from "./IntegrationRepo.ts"
import { seal, unseal } from "./SealedCredentials.ts"

/** What opens an account, and which of the vendor's properties become metadata, by the keys they have there. */
export interface OpenIntegration {
  readonly credentials: Credentials
  readonly properties: Readonly<Record<string, string>>
}

/** The accounts of organizations at vendors. */
export class Integrations extends Context.Service<
  Integrations,
  {
    readonly list: (organizationId: OrganizationId) => Effect.Effect<IntegrationList>
    readonly set: (
      actor: Actor,
      vendor: Vendor,
      change: IntegrationUpdate
    ) => Effect.Effect<Integration, ValidationError | EncryptionKeyMissing>
    readonly remove: (actor: Actor, vendor: Vendor) => Effect.Effect<Integration, IntegrationNotFound>
    /** As the vendor has them now. */
    readonly lists: (
      organizationId: OrganizationId,
      vendor: Vendor
    ) => Effect.Effect<VendorListings, IntegrationNotFound | VendorRefused | VendorFailed | EncryptionKeyMissing>
    /** For connectors only; any text may be asked for as a vendor. */
    readonly credentials: (
      organizationId: OrganizationId,
      vendor: string
    ) => Effect.Effect<OpenIntegration, IntegrationNotFound | EncryptionKeyMissing>
  }
>()("@audiences/engine/Integrations") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* IntegrationRepo
      const connectors = yield* Connectors
      const clock = yield* DatabaseClock
      const keys = yield* EncryptionKeys

      const list = Effect.fn("Integrations.list")((organizationId: OrganizationId) =>
        Effect.map(repo.list(organizationId), (data) => ({ data }))
      )

      const set = Effect.fn("Integrations.set")(
        function* (actor: Actor, vendor: Vendor, change: IntegrationUpdate) {
          const given =
            change.credentials === undefined ? undefined : yield* givenCredentials(vendor, change.credentials)
          const credentials =
            given === undefined
              ? {}
              : {
                  credentials: {
                    sealed: yield* seal(actor.organizationId, vendor, given),
                    shown: shownCredentials(vendor, given)
                  }
                }
          const properties = change.properties === undefined ? {} : { properties: change.properties }
          return yield* Effect.catchTag(
            repo.set(actor, yield* clock.now, vendor, { ...credentials, ...properties }),
            "IntegrationNotFound",
            () => Effect.fail(credentialsNeeded)
          )
        },
        Effect.provideService(EncryptionKeys, keys)
      )

      const remove = Effect.fn("Integrations.remove")(function* (actor: Actor, vendor: Vendor) {
        return yield* repo.remove(actor, yield* clock.now, vendor)
      })

      const credentials = Effect.fn("Integrations.credentials")(
        function* (organizationId: OrganizationId, name: string) {
          if (!isVendor(name)) return yield* new IntegrationNotFound()
          const { properties, sealed } = yield* repo.sealed(organizationId, name)
          const open: OpenIntegration = { credentials: yield* unseal(organizationId, name, sealed), properties }
          return open
        },
        Effect.provideService(EncryptionKeys, keys)
      )

      const lists = Effect.fn("Integrations.lists")(function* (organizationId: OrganizationId, vendor: Vendor) {
        const open = yield* credentials(organizationId, vendor)
        const connector = connectors.get(vendor)
        if (connector === undefined) return yield* new VendorFailed({ error: `This server cannot reach ${vendor}` })
        const found = yield* connector.lists(open.credentials).pipe(
          Stream.take(longestListing + 1),
          Stream.runCollect,
          Effect.mapError(refusalOf),
          Effect.timeoutOrElse({
            duration: "45 seconds",
            orElse: () => Effect.fail(new VendorFailed({ error: `${vendor} does not tell its lists in time` }))
          })
        )
        const data = found.slice(0, longestListing).map(({ id, kind, memberCount, name }) => ({
          syncSource: `${vendor}:${kind}`,
          syncSourceId: id,
          name,
          memberCount
        }))
        return { data, complete: found.length <= longestListing }
      })

      return Integrations.of({ list, set, remove, lists, credentials })
    })
  )
}

/** Lists of a vendor that one answer holds. */
const longestListing = 1000

const isVendor = Schema.is(Vendor)

const refusalOf = (error: ConnectorError) =>
  error._tag === "CredentialsRefused"
    ? new VendorRefused({ error: error.message })
    : new VendorFailed({ error: error.message })

const credentialsNeeded = refuse(undefined, [
  { path: ["credentials"], type: "credentials", message: "Missing credentials", expected: "the credentials, once" }
])
