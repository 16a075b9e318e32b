import type { Activity, ActivityInput, historyQuery, Timeline } from "@audiences/domain/Activity"
import type { ApiKey, ApiKeyCreate, apiKeyListQuery, ApiKeyRotate, ApiKeyWithSecret } from "@audiences/domain/ApiKey"
import type {
  Audience,
  AudienceCreate,
  AudienceFull,
  audienceListQuery,
  AudienceUpdate
} from "@audiences/domain/Audience"
import type {
  Consumer,
  consumerArchiveQuery,
  ConsumerCreate,
  ConsumerFull,
  consumerListQuery,
  ConsumerUpdate
} from "@audiences/domain/Consumer"
import type { AuditEntry, auditListQuery } from "@audiences/domain/AuditEntry"
import type { AudienceOverlap, overlapQuery } from "@audiences/domain/AudienceOverlap"
import type { AudiencePreview, PreviewInput } from "@audiences/domain/AudiencePreview"
import type {
  AudienceHistory,
  audienceHistoryQuery,
  AudienceVersion,
  Snapshot,
  SnapshotCreate,
  Volatility,
  volatilityQuery
} from "@audiences/domain/AudienceVersion"
import type { groupMemberListQuery } from "@audiences/domain/AudienceGroup"
import type { Distribution, distributionQuery } from "@audiences/domain/Distribution"
import type {
  FileImport,
  FileImportWithUpload,
  Import,
  importListQuery,
  importQuery,
  ImportWithUpload
} from "@audiences/domain/Import"
import type { Integration, IntegrationList, IntegrationUpdate, VendorListings } from "@audiences/domain/Integration"
import type { LoyaltyHistory, LoyaltyTransaction, LoyaltyTransactionInput } from "@audiences/domain/LoyaltyTransaction"
import type { LoyaltyTiersInput, LoyaltyTiersResult } from "@audiences/domain/LoyaltyTier"
import type { memberExportQuery } from "@audiences/domain/MemberExport"
import type { RfmGroup, RfmInput } from "@audiences/domain/Rfm"
import type {
  AudienceCount,
  AudienceStatus,
  memberListQuery,
  MembersAdded,
  MembersRemoved
} from "@audiences/domain/Membership"
import type { OrderInput, OrdersWritten } from "@audiences/domain/Order"
import type {
  Organization,
  OrganizationCreate,
  organizationListQuery,
  OrganizationUpdate
} from "@audiences/domain/Organization"
import type { OrganizationFounded } from "@audiences/domain/api/OrganizationsApi"
import type {
  MemberCheck,
  memberCheckQuery,
  MembersChecked,
  PersonChecked,
  PersonNamed
} from "@audiences/domain/MemberCheck"
import type { MemberExplanation } from "@audiences/domain/MemberExplanation"
import type { Page } from "@audiences/domain/Page"
import type { Rule, RuleLine, RuleUpdate } from "@audiences/domain/Rule"
import type { Settings, SettingsUpdate } from "@audiences/domain/Settings"
import type { SyncSourceCreate, SyncSourceFull, syncSourceListQuery, SyncStarted } from "@audiences/domain/SyncSource"
import type { Vendor } from "@audiences/domain/Vendor"
import type { VendorImportResult } from "@audiences/domain/VendorImport"
import { AudiencesError, type AudiencesErrorKind } from "./AudiencesError.ts"
import type { Person } from "./gate/CheckBatch.ts"
import { Listing } from "./Listing.ts"
import { type Path, path } from "./promise/Address.ts"
import { CheckBatches } from "./promise/CheckBatches.ts"
import type { CallOptions, ClientOptions } from "./promise/ClientOptions.ts"
import { foundationsOf } from "./promise/Foundations.ts"
import { type ImportState, ImportUpload } from "./promise/ImportUpload.ts"
import type { Open } from "./promise/Open.ts"
import type { FileBody } from "./promise/FileBody.ts"
import { type Content, Transport } from "./promise/Transport.ts"
import type { QueryOf, Resource } from "./promise/Wire.ts"

export { AudiencesError, Listing }
export type { AudiencesErrorKind, CallOptions, ClientOptions, FileBody, ImportState, ImportUpload, Person }

type ApiKeyQuery = QueryOf<typeof apiKeyListQuery>
type AuditQuery = QueryOf<typeof auditListQuery>
type OrganizationQuery = QueryOf<typeof organizationListQuery>
type AudienceQuery = QueryOf<typeof audienceListQuery>
type ConsumerQuery = QueryOf<typeof consumerListQuery>
type GroupMemberQuery = QueryOf<typeof groupMemberListQuery>
type HistoryQuery = QueryOf<typeof historyQuery>
type ImportListQuery = QueryOf<typeof importListQuery>
type MemberCheckQuery = QueryOf<typeof memberCheckQuery>
type SyncSourceQuery = QueryOf<typeof syncSourceListQuery>
type MemberQuery = QueryOf<typeof memberListQuery>

/**
 * The contract for programs that do not use Effect. Values are as they travel: instants and money are strings, and fields and names
 * that this version does not know are passed through. What fails is thrown as `AudiencesError`.
 */
export class AudiencesClient {
  readonly #transport: Transport
  readonly #checks = new CheckBatches<MemberCheckQuery, Open<Resource<typeof PersonChecked>>>((...asked) =>
    this.gate.checkAll(...asked)
  )

  constructor(options: ClientOptions)
  /** @internal */
  constructor(transport: Transport)
  constructor(given: ClientOptions | Transport) {
    this.#transport = given instanceof Transport ? given : new Transport(foundationsOf(given), given)
  }

  /** The same client for calls of other options; it shares the key, the retry budget and the circuit. */
  with(options: CallOptions): AudiencesClient {
    return new AudiencesClient(this.#transport.with(options))
  }

  #call<A>(method: string, path: Path | string, content?: Content): Promise<Open<A>> {
    return this.#transport.json(method, path, content)
  }

  #bytes(path: Path, query: object): Promise<ReadableStream<Uint8Array>> {
    return this.#transport.bytes(path, query)
  }

  #list<Item, Query extends object>(path: Path | string, query: Query): Listing<Open<Item>, Query> {
    return new Listing((query) => this.#transport.json<Page<Open<Item>>>("GET", path, { query }), query)
  }

  #fileImports(place: "/consumers" | "/orders") {
    return {
      /** `uploadUrl` takes the file: give both to `imports.send`. `mapping` is JSON. */
      create: (query: QueryOf<typeof importQuery> = {}) =>
        this.#call<Resource<typeof FileImportWithUpload>>("POST", `${place}/import`, { query }),
      latest: () => this.#call<Resource<typeof FileImport>>("GET", `${place}/import`),
      get: (importId: string) =>
        this.#call<Resource<typeof FileImport>>("GET", `${place}/imports/${encodeURIComponent(importId)}`)
    }
  }

  #importFrom(vendor: "klaviyo" | "mailchimp" | "sendgrid", listIds: ReadonlyArray<string>) {
    return this.#call<Resource<typeof VendorImportResult>>("POST", path`/audiences/import/${vendor}`, {
      body: { listIds }
    })
  }

  readonly audiences = {
    list: (query: AudienceQuery = {}) => this.#list<Resource<typeof AudienceFull>, AudienceQuery>("/audiences", query),
    create: (audience: Resource<typeof AudienceCreate>) =>
      this.#call<Resource<typeof AudienceFull>>("POST", "/audiences", { body: audience }),
    get: (id: string) => this.#call<Resource<typeof AudienceFull>>("GET", path`/audiences/${id}`),
    /** An absent key leaves the value, null clears it. */
    update: (id: string, changes: Resource<typeof AudienceUpdate>) =>
      this.#call<Resource<typeof Audience>>("PUT", path`/audiences/${id}`, { body: changes }),
    archive: (id: string) => this.#call<Resource<typeof Audience>>("DELETE", path`/audiences/${id}`),
    count: (id: string) => this.#call<Resource<typeof AudienceCount>>("GET", path`/audiences/${id}/count`),
    status: (id: string) => this.#call<Resource<typeof AudienceStatus>>("GET", path`/audiences/${id}/status`),
    /** Answers at once; `inProgress` of the status turns false when it is done. */
    refresh: (id: string) => this.#call<Resource<typeof AudienceStatus>>("POST", path`/audiences/${id}/refresh`)
  }

  readonly rules = {
    list: (audienceId: string) =>
      this.#call<ReadonlyArray<Resource<typeof Rule>>>("GET", path`/audiences/${audienceId}/rules`),
    create: (audienceId: string, rule: Resource<typeof RuleLine>) =>
      this.#call<Resource<typeof Rule>>("POST", path`/audiences/${audienceId}/rules`, {
        body: { ...rule, audienceId }
      }),
    /** All at once, in place of those that are there. */
    replace: (audienceId: string, rules: ReadonlyArray<Resource<typeof RuleLine>>) =>
      this.#call<ReadonlyArray<Resource<typeof Rule>>>("PUT", path`/audiences/${audienceId}/rules`, {
        body: { rules: rules.map((rule) => ({ ...rule, audienceId })) }
      }),
    get: (audienceId: string, ruleId: string) =>
      this.#call<Resource<typeof Rule>>("GET", path`/audiences/${audienceId}/rules/${ruleId}`),
    update: (audienceId: string, ruleId: string, changes: Resource<typeof RuleUpdate>) =>
      this.#call<Resource<typeof Rule>>("PUT", path`/audiences/${audienceId}/rules/${ruleId}`, { body: changes }),
    remove: (audienceId: string, ruleId: string) =>
      this.#call<Resource<typeof Rule>>("DELETE", path`/audiences/${audienceId}/rules/${ruleId}`)
  }

  readonly members = {
    /**
     * Whether somebody is in an audience: by id, or by exactly one of id, email, phone and external id. Checks of the same tick are
     * one request for each audience, of at most 1000 people.
     */
    check: (audienceId: string, person: Person, query: MemberCheckQuery = {}) =>
      this.#checks.check(audienceId, person, query),
    list: (audienceId: string, query: MemberQuery = {}) =>
      this.#list<Resource<typeof ConsumerFull>, MemberQuery>(path`/audiences/${audienceId}/members`, query),
    add: (audienceId: string, consumerIds: ReadonlyArray<string>) =>
      this.#call<Resource<typeof MembersAdded>>("POST", path`/audiences/${audienceId}/members`, {
        body: { consumerIds }
      }),
    remove: (audienceId: string, consumerIds: ReadonlyArray<string>) =>
      this.#call<Resource<typeof MembersRemoved>>("DELETE", path`/audiences/${audienceId}/members`, {
        body: { consumerIds }
      })
  }

  readonly gate = {
    /** IN, OUT or UNKNOWN, right now. */
    check: (audienceId: string, consumerId: string, query: MemberCheckQuery = {}) =>
      this.#call<Resource<typeof MemberCheck>>("GET", path`/audiences/${audienceId}/members/${consumerId}`, { query }),
    /** Every rule's truth, since when, and what would change it. */
    explain: (audienceId: string, consumerId: string) =>
      this.#call<Resource<typeof MemberExplanation>>(
        "GET",
        path`/audiences/${audienceId}/members/${consumerId}/explain`
      ),
    /** At most 1000 people, each by one of id, email, phone and external id; answers in their order. */
    checkAll: (
      audienceId: string,
      consumers: ReadonlyArray<Resource<typeof PersonNamed>>,
      query: MemberCheckQuery = {}
    ) =>
      this.#call<Resource<typeof MembersChecked>>("POST", path`/audiences/${audienceId}/members/check`, {
        body: { consumers },
        query
      })
  }

  readonly imports = {
    create: (audienceId: string, query: QueryOf<typeof importQuery> = {}) =>
      this.#call<Resource<typeof ImportWithUpload>>("POST", path`/audiences/${audienceId}/import`, { query }),
    latest: (audienceId: string) => this.#call<Resource<typeof Import>>("GET", path`/audiences/${audienceId}/import`),
    /** Newest first, without the errors of rows. */
    list: (audienceId: string, query: ImportListQuery = {}) =>
      this.#list<Resource<typeof Import>, ImportListQuery>(path`/audiences/${audienceId}/imports`, query),
    get: (audienceId: string, importId: string) =>
      this.#call<Resource<typeof Import>>("GET", path`/audiences/${audienceId}/imports/${importId}`),
    /** The rejected rows of an import that has ended, as bytes of CSV with a column that says why. */
    errors: (audienceId: string, importId: string) =>
      this.#bytes(path`/audiences/${audienceId}/imports/${importId}/errors.csv`, {}),
    /** What was done stays. */
    cancel: (audienceId: string, importId: string) =>
      this.#call<Resource<typeof Import>>("POST", path`/audiences/${audienceId}/imports/${importId}/cancel`),
    /** Whom it created is archived, all others are as before. A large one goes on until `undoneAt` is set. */
    undo: (audienceId: string, importId: string) =>
      this.#call<Resource<typeof Import>>("POST", path`/audiences/${audienceId}/imports/${importId}/undo`),
    /** Sends a CSV file to the `uploadUrl` of an import, without the key. Texts, bytes and blobs are sent again if need be. */
    send: (uploadUrl: string, file: FileBody) => this.#transport.put(uploadUrl, file),
    /** Imports a CSV file: creates the import, sends the file and waits. Iterate it for its progress, or await its end. */
    upload: (audienceId: string, file: FileBody, query: QueryOf<typeof importQuery> = {}) =>
      new ImportUpload({
        begin: () => this.imports.create(audienceId, query),
        send: (uploadUrl) => this.imports.send(uploadUrl, file),
        latest: () => this.imports.latest(audienceId),
        all: async () => (await this.audiences.get(audienceId)).imports,
        sleep: (millis) => this.#transport.sleep(millis)
      })
  }

  readonly groups = {
    get: (groupId: string) =>
      this.#call<ReadonlyArray<Resource<typeof AudienceFull>>>("GET", path`/audiences/groups/${groupId}`),
    /** Each consumer once; of one audience of the group with `audienceId`. */
    members: (groupId: string, query: GroupMemberQuery = {}) =>
      this.#list<Resource<typeof ConsumerFull>, GroupMemberQuery>(path`/audiences/groups/${groupId}/members`, query),
    archive: (groupId: string) =>
      this.#call<ReadonlyArray<Resource<typeof Audience>>>("DELETE", path`/audiences/groups/${groupId}`)
  }

  readonly loyaltyTiers = {
    create: (tiers: Resource<typeof LoyaltyTiersInput>) =>
      this.#call<Resource<typeof LoyaltyTiersResult>>("POST", "/audiences/loyalty-tiers", { body: tiers }),
    replace: (groupId: string, tiers: Resource<typeof LoyaltyTiersInput>) =>
      this.#call<Resource<typeof LoyaltyTiersResult>>("PUT", path`/audiences/loyalty-tiers/${groupId}`, { body: tiers })
  }

  /** Ranks of recency, frequency and amount, and an audience for each segment of them. */
  readonly rfm = {
    create: (segmentation: Resource<typeof RfmInput>) =>
      this.#call<Resource<typeof RfmGroup>>("POST", "/audiences/rfm", { body: segmentation }),
    get: (groupId: string) => this.#call<Resource<typeof RfmGroup>>("GET", path`/audiences/rfm/${groupId}`),
    replace: (groupId: string, segmentation: Resource<typeof RfmInput>) =>
      this.#call<Resource<typeof RfmGroup>>("PUT", path`/audiences/rfm/${groupId}`, { body: segmentation }),
    /** Asks for a scoring; answers while it is in progress. */
    run: (groupId: string) => this.#call<Resource<typeof RfmGroup>>("POST", path`/audiences/rfm/${groupId}/runs`)
  }

  readonly syncs = {
    start: (audienceId: string) =>
      this.#call<Resource<typeof SyncStarted>>("POST", path`/audiences/${audienceId}/sync`),
    /** Takes over lists, each as an audience of its own. */
    klaviyo: (listIds: ReadonlyArray<string>) => this.#importFrom("klaviyo", listIds),
    mailchimp: (listIds: ReadonlyArray<string>) => this.#importFrom("mailchimp", listIds),
    sendgrid: (listIds: ReadonlyArray<string>) => this.#importFrom("sendgrid", listIds)
  }

  readonly syncSources = {
    list: (query: SyncSourceQuery = {}) =>
      this.#list<Resource<typeof SyncSourceFull>, SyncSourceQuery>("/sync-sources", query),
    /** To a SYNCED_LIST that has none. */
    add: (source: Resource<typeof SyncSourceCreate>) =>
      this.#call<Resource<typeof SyncSourceFull>>("POST", "/sync-sources", { body: source }),
    get: (id: string) => this.#call<Resource<typeof SyncSourceFull>>("GET", path`/sync-sources/${id}`),
    /** The audience keeps its members as they are. */
    remove: (id: string) => this.#call<Resource<typeof SyncSourceFull>>("DELETE", path`/sync-sources/${id}`)
  }

  readonly exports = {
    /** Everybody as of now, as bytes of CSV that an import takes as it is, or of NDJSON. */
    members: (audienceId: string, query: QueryOf<typeof memberExportQuery> = {}) =>
      this.#bytes(path`/audiences/${audienceId}/members/export`, query)
  }

  /** Who was in an audience, and when. */
  readonly versions = {
    history: (audienceId: string, query: QueryOf<typeof audienceHistoryQuery> = {}) =>
      this.#call<Resource<typeof AudienceHistory>>("GET", path`/audiences/${audienceId}/history`, { query }),
    volatility: (audienceId: string, query: QueryOf<typeof volatilityQuery> = {}) =>
      this.#call<Resource<typeof Volatility>>("GET", path`/audiences/${audienceId}/volatility`, { query }),
    get: (audienceId: string, version: number) =>
      this.#call<Resource<typeof AudienceVersion>>("GET", path`/audiences/${audienceId}/versions/${String(version)}`),
    members: (audienceId: string, version: number, query: MemberQuery = {}) =>
      this.#list<Resource<typeof ConsumerFull>, MemberQuery>(
        path`/audiences/${audienceId}/versions/${String(version)}/members`,
        query
      ),
    snapshots: (audienceId: string) =>
      this.#call<ReadonlyArray<Resource<typeof Snapshot>>>("GET", path`/audiences/${audienceId}/snapshots`),
    snapshot: (audienceId: string, snapshot: Resource<typeof SnapshotCreate>) =>
      this.#call<Resource<typeof Snapshot>>("POST", path`/audiences/${audienceId}/snapshots`, { body: snapshot })
  }

  readonly previews = {
    /** What rules would select, and who would enter and leave an audience. Saves nothing. */
    preview: (input: Resource<typeof PreviewInput>) =>
      this.#call<Resource<typeof AudiencePreview>>("POST", "/audiences/preview", { body: input })
  }

  readonly overlaps = {
    /** Of 2 to 100 audiences, their ids with commas between them. */
    get: (query: QueryOf<typeof overlapQuery>) =>
      this.#call<Resource<typeof AudienceOverlap>>("GET", "/audiences/overlap", { query })
  }

  readonly consumers = {
    list: (query: ConsumerQuery = {}) => this.#list<Resource<typeof ConsumerFull>, ConsumerQuery>("/consumers", query),
    /** At most 500, all or none. */
    batch: (consumers: ReadonlyArray<Resource<typeof ConsumerCreate>>) =>
      this.#call<ReadonlyArray<Resource<typeof Consumer>>>("POST", "/consumers/batch", { body: { consumers } }),
    /** How the values of a number or money field are spread; `ltv` in 10 buckets unless told. */
    distribution: (query: QueryOf<typeof distributionQuery> = {}) =>
      this.#call<Resource<typeof Distribution>>("GET", "/consumers/distribution", { query }),
    get: (id: string) => this.#call<Resource<typeof ConsumerFull>>("GET", path`/consumers/${id}`),
    update: (id: string, changes: Resource<typeof ConsumerUpdate>) =>
      this.#call<Resource<typeof Consumer>>("PUT", path`/consumers/${id}`, { body: changes }),
    /** With `erase`, what is known of the person is removed for good. */
    archive: (id: string, query: QueryOf<typeof consumerArchiveQuery> = {}) =>
      this.#call<Resource<typeof Consumer>>("DELETE", path`/consumers/${id}`, { query }),
    audiences: (id: string) =>
      this.#call<ReadonlyArray<Resource<typeof Audience>>>("GET", path`/consumers/${id}/audiences`)
  }

  /** What happened with a consumer, the latest first. */
  readonly history = {
    timeline: (consumerId: string, query: HistoryQuery = {}) =>
      this.#call<Resource<typeof Timeline>>("GET", path`/consumers/${consumerId}/timeline`, { query }),
    addActivity: (consumerId: string, activity: Resource<typeof ActivityInput>) =>
      this.#call<Resource<typeof Activity>>("POST", path`/consumers/${consumerId}/activities`, { body: activity }),
    loyaltyTransactions: (consumerId: string, query: HistoryQuery = {}) =>
      this.#call<Resource<typeof LoyaltyHistory>>("GET", path`/consumers/${consumerId}/loyalty-transactions`, {
        query
      }),
    addLoyaltyTransaction: (consumerId: string, transaction: Resource<typeof LoyaltyTransactionInput>) =>
      this.#call<Resource<typeof LoyaltyTransaction>>("POST", path`/consumers/${consumerId}/loyalty-transactions`, {
        body: transaction
      })
  }

  /** Files of consumers who become members of nothing. */
  readonly consumerImports = this.#fileImports("/consumers")

  /** Files of orders, of consumers who are known. */
  readonly orderImports = this.#fileImports("/orders")

  readonly orders = {
    /** At most 500, all or none; the same `orderId` again replaces an order. */
    batch: (orders: ReadonlyArray<Resource<typeof OrderInput>>) =>
      this.#call<Resource<typeof OrdersWritten>>("POST", "/orders/batch", { body: { orders } })
  }

  readonly organizations = {
    list: (query: OrganizationQuery = {}) =>
      this.#list<Resource<typeof Organization>, OrganizationQuery>("/organizations", query),
    /** With its test sibling and a key of each, whose secrets are shown this once. */
    create: (organization: Resource<typeof OrganizationCreate>) =>
      this.#call<Resource<typeof OrganizationFounded>>("POST", "/organizations", { body: organization }),
    get: (id: string) => this.#call<Resource<typeof Organization>>("GET", path`/organizations/${id}`),
    update: (id: string, changes: Resource<typeof OrganizationUpdate>) =>
      this.#call<Resource<typeof Organization>>("PUT", path`/organizations/${id}`, { body: changes })
  }

  readonly apiKeys = {
    list: (query: ApiKeyQuery = {}) => this.#list<Resource<typeof ApiKey>, ApiKeyQuery>("/api-keys", query),
    /** The secret is shown this once. */
    create: (key: Resource<typeof ApiKeyCreate>) =>
      this.#call<Resource<typeof ApiKeyWithSecret>>("POST", "/api-keys", { body: key }),
    /** A new key in place of one that stops at once, or after `graceSeconds`. */
    rotate: (id: string, options: Resource<typeof ApiKeyRotate> = {}) =>
      this.#call<Resource<typeof ApiKeyWithSecret>>("POST", path`/api-keys/${id}/rotate`, { body: options }),
    revoke: (id: string) => this.#call<Resource<typeof ApiKey>>("DELETE", path`/api-keys/${id}`)
  }

  readonly settings = {
    get: () => this.#call<Resource<typeof Settings>>("GET", "/settings"),
    update: (changes: Resource<typeof SettingsUpdate>) =>
      this.#call<Resource<typeof Settings>>("PUT", "/settings", { body: changes })
  }

  readonly integrations = {
    list: () => this.#call<Resource<typeof IntegrationList>>("GET", "/settings/integrations"),
    set: (vendor: Vendor, change: typeof IntegrationUpdate.Encoded) =>
      this.#call<Resource<typeof Integration>>("PUT", path`/settings/integrations/${vendor}`, { body: change }),
    remove: (vendor: Vendor) =>
      this.#call<Resource<typeof Integration>>("DELETE", path`/settings/integrations/${vendor}`),
    lists: (vendor: Vendor) =>
      this.#call<Resource<typeof VendorListings>>("GET", path`/settings/integrations/${vendor}/lists`)
  }

  /** Who changed what, and when; newest first. */
  readonly auditLog = {
    list: (query: AuditQuery = {}) => this.#list<Resource<typeof AuditEntry>, AuditQuery>("/audit-log", query)
  }
}
