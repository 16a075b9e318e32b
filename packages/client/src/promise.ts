import { AudiencesError, type AudiencesErrorKind } from "./AudiencesError.ts"
import type { Person } from "./gate/CheckBatch.ts"
import { Listing } from "./Listing.ts"
import { Calls } from "./promise/Calls.ts"
import type { CallOptions, ClientOptions } from "./promise/ClientOptions.ts"
import type { FileBody } from "./promise/FileBody.ts"
import { foundationsOf } from "./promise/Foundations.ts"
import type { ImportState, ImportUpload } from "./promise/ImportUpload.ts"
import { apiKeysOf } from "./promise/operations/ApiKeys.ts"
import { audiencesOf } from "./promise/operations/Audiences.ts"
import { auditLogOf } from "./promise/operations/AuditLog.ts"
import { consumerImportsOf } from "./promise/operations/ConsumerImports.ts"
import { consumersOf } from "./promise/operations/Consumers.ts"
import { exportsOf } from "./promise/operations/Exports.ts"
import { gateOf } from "./promise/operations/Gate.ts"
import { groupsOf } from "./promise/operations/Groups.ts"
import { historyOf } from "./promise/operations/History.ts"
import { importsOf } from "./promise/operations/Imports.ts"
import { integrationsOf } from "./promise/operations/Integrations.ts"
import { loyaltyTiersOf } from "./promise/operations/LoyaltyTiers.ts"
import { membersOf } from "./promise/operations/Members.ts"
import { orderImportsOf } from "./promise/operations/OrderImports.ts"
import { ordersOf } from "./promise/operations/Orders.ts"
import { organizationsOf } from "./promise/operations/Organizations.ts"
import { overlapsOf } from "./promise/operations/Overlaps.ts"
import { previewsOf } from "./promise/operations/Previews.ts"
import { rfmOf } from "./promise/operations/Rfm.ts"
import { rulesOf } from "./promise/operations/Rules.ts"
import { settingsOf } from "./promise/operations/Settings.ts"
import { syncSourcesOf } from "./promise/operations/SyncSources.ts"
import { syncsOf } from "./promise/operations/Syncs.ts"
import { versionsOf } from "./promise/operations/Versions.ts"
import { Transport } from "./promise/Transport.ts"

export { AudiencesError, Listing }
export type { AudiencesErrorKind, CallOptions, ClientOptions, FileBody, ImportState, ImportUpload, Person }

/**
 * The contract for programs that do not use Effect. Values are as they travel: instants and money are strings, and fields and names
 * that this version does not know are passed through. What fails is thrown as `AudiencesError`.
 */
export class AudiencesClient {
  readonly #transport: Transport

  readonly audiences: ReturnType<typeof audiencesOf>
  readonly rules: ReturnType<typeof rulesOf>
  readonly members: ReturnType<typeof membersOf>
  readonly gate: ReturnType<typeof gateOf>
  readonly imports: ReturnType<typeof importsOf>
  readonly consumerImports: ReturnType<typeof consumerImportsOf>
  readonly orderImports: ReturnType<typeof orderImportsOf>
  readonly groups: ReturnType<typeof groupsOf>
  readonly loyaltyTiers: ReturnType<typeof loyaltyTiersOf>
  readonly rfm: ReturnType<typeof rfmOf>
  readonly syncs: ReturnType<typeof syncsOf>
  readonly syncSources: ReturnType<typeof syncSourcesOf>
  readonly exports: ReturnType<typeof exportsOf>
  readonly versions: ReturnType<typeof versionsOf>
  readonly previews: ReturnType<typeof previewsOf>
  readonly overlaps: ReturnType<typeof overlapsOf>
  readonly consumers: ReturnType<typeof consumersOf>
  readonly history: ReturnType<typeof historyOf>
  readonly orders: ReturnType<typeof ordersOf>
  readonly organizations: ReturnType<typeof organizationsOf>
  readonly apiKeys: ReturnType<typeof apiKeysOf>
  readonly settings: ReturnType<typeof settingsOf>
  readonly integrations: ReturnType<typeof integrationsOf>
  readonly auditLog: ReturnType<typeof auditLogOf>

  constructor(options: ClientOptions)
  /** @internal */
  constructor(transport: Transport)
  constructor(given: ClientOptions | Transport) {
    this.#transport = given instanceof Transport ? given : new Transport(foundationsOf(given), given)
    const calls = new Calls(this.#transport)
    this.audiences = audiencesOf(calls)
    this.rules = rulesOf(calls)
    this.members = membersOf(calls)
    this.gate = gateOf(calls)
    this.imports = importsOf(calls)
    this.consumerImports = consumerImportsOf(calls)
    this.orderImports = orderImportsOf(calls)
    this.groups = groupsOf(calls)
    this.loyaltyTiers = loyaltyTiersOf(calls)
    this.rfm = rfmOf(calls)
    this.syncs = syncsOf(calls)
    this.syncSources = syncSourcesOf(calls)
    this.exports = exportsOf(calls)
    this.versions = versionsOf(calls)
    this.previews = previewsOf(calls)
    this.overlaps = overlapsOf(calls)
    this.consumers = consumersOf(calls)
    this.history = historyOf(calls)
    this.orders = ordersOf(calls)
    this.organizations = organizationsOf(calls)
    this.apiKeys = apiKeysOf(calls)
    this.settings = settingsOf(calls)
    this.integrations = integrationsOf(calls)
    this.auditLog = auditLogOf(calls)
  }

  /** The same client for calls of other options; it shares the key, the retry budget and the circuit. */
  with(options: CallOptions): AudiencesClient {
    return new AudiencesClient(this.#transport.with(options))
  }
}
