import type { OrganizationId } from "@audiences/domain/Organization"
import { Context, type Effect, type Option } from "effect"
import type { Credentials, CredentialsRefused } from "../connectors/Connector.ts"

/** How an organization reaches a vendor, and what it takes from there. */
export interface VendorAccount {
  readonly credentials: Credentials
  /** The vendor's properties that become metadata, each with the key under which it is kept. */
  readonly properties: Readonly<Record<string, string>>
}

/** The accounts that organizations have at vendors. */
export class VendorAccounts extends Context.Service<
  VendorAccounts,
  {
    /** None: the organization has given no credentials. Fails when those it gave cannot be read. */
    readonly find: (
      organizationId: OrganizationId,
      vendor: string
    ) => Effect.Effect<Option.Option<VendorAccount>, CredentialsRefused>
  }
>()("@audiences/engine/VendorAccounts") {}
