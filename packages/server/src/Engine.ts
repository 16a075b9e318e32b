import { ApiKeys } from "@audiences/engine/apiKeys/ApiKeys"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { AuditLog } from "@audiences/engine/audit/AuditLog"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { Distributions } from "@audiences/engine/distributions/Distributions"
import { Explanations } from "@audiences/engine/explanations/Explanations"
import { Gate } from "@audiences/engine/gate/Gate"
import { GateKeeper } from "@audiences/engine/gate/GateKeeper"
import { defaultGateLimits, GateLimits } from "@audiences/engine/gate/GateLimits"
import { Exports } from "@audiences/engine/exports/Exports"
import { AudienceGroups } from "@audiences/engine/groups/AudienceGroups"
import { LoyaltyTiers } from "@audiences/engine/groups/LoyaltyTiers"
import { Segmentations } from "@audiences/engine/groups/Segmentations"
import { History } from "@audiences/engine/history/History"
import { Idempotency } from "@audiences/engine/idempotency/Idempotency"
import { Arrivals } from "@audiences/engine/imports/uploads/Arrivals"
import { FileImports } from "@audiences/engine/imports/FileImports"
import { ImportReports } from "@audiences/engine/imports/reports/ImportReports"
import { Imports } from "@audiences/engine/imports/Imports"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { UndoRetention } from "@audiences/engine/imports/undo/UndoRetention"
import { Integrations } from "@audiences/engine/integrations/Integrations"
import { Resealing } from "@audiences/engine/integrations/Resealing"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Orders } from "@audiences/engine/orders/Orders"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Publishers } from "@audiences/engine/publishers/Publishers"
import { RateLimits } from "@audiences/engine/rateLimits/RateLimits"
import { Overlaps } from "@audiences/engine/overlaps/Overlaps"
import { Previews } from "@audiences/engine/previews/Previews"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { Rfm } from "@audiences/engine/rfm/Rfm"
import { Rules } from "@audiences/engine/rules/Rules"
import { OrganizationSettings } from "@audiences/engine/settings/OrganizationSettings"
import { SyncSources } from "@audiences/engine/syncs/SyncSources"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { Versions } from "@audiences/engine/versions/Versions"
import { ApiKeyRepoSql } from "@audiences/storage/apiKeys/ApiKeyRepoSql"
import { AudienceRepoSql } from "@audiences/storage/audiences/AudienceRepoSql"
import { AuditRepoSql } from "@audiences/storage/audit/AuditRepoSql"
import { EvaluatorColumns } from "@audiences/storage/columns/EvaluatorColumns"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { DistributionRepoSql } from "@audiences/storage/distributions/DistributionRepoSql"
import { ExplanationRepoSql } from "@audiences/storage/explanations/ExplanationRepoSql"
import { GateRepoSql } from "@audiences/storage/gate/GateRepoSql"
import { AudienceGroupRepoSql } from "@audiences/storage/groups/AudienceGroupRepoSql"
import { SegmentationRepoSql } from "@audiences/storage/groups/SegmentationRepoSql"
import { HistoryRepoSql } from "@audiences/storage/history/HistoryRepoSql"
import { IdempotencyRepoSql } from "@audiences/storage/idempotency/IdempotencyRepoSql"
import { ArrivalRepoSql } from "@audiences/storage/imports/uploads/ArrivalRepoSql"
import { FileStagingThread } from "@audiences/storage/imports/staging/FileStagingThread"
import { ImportRowRepoSql } from "@audiences/storage/imports/staging/ImportRowRepoSql"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { ImportReportRepoSql } from "@audiences/storage/imports/reports/ImportReportRepoSql"
import { ImportUndoRepoSql } from "@audiences/storage/imports/undo/ImportUndoRepoSql"
import { UndoRetentionRepoSql } from "@audiences/storage/imports/undo/UndoRetentionRepoSql"
import { UploadStoreFile } from "@audiences/storage/imports/uploads/UploadStoreFile"
import { IntegrationRepoSql } from "@audiences/storage/integrations/IntegrationRepoSql"
import { UploadStoreS3 } from "@audiences/storage/imports/uploads/UploadStoreS3"
import { MembershipRepoSql } from "@audiences/storage/memberships/MembershipRepoSql"
import { OrderRepoSql } from "@audiences/storage/orders/OrderRepoSql"
import { PublicationFeedSql } from "@audiences/storage/memberships/PublicationFeedSql"
import { OrganizationRepoSql } from "@audiences/storage/organizations/OrganizationRepoSql"
import { PublisherRepoSql } from "@audiences/storage/publishers/PublisherRepoSql"
import { RateLimitRepoSql } from "@audiences/storage/rateLimits/RateLimitRepoSql"
import { OverlapRepoSql } from "@audiences/storage/overlaps/OverlapRepoSql"
import { PreviewRepoSql } from "@audiences/storage/previews/PreviewRepoSql"
import { RfmRepoSql } from "@audiences/storage/rfm/RfmRepoSql"
import { RuleRepoSql } from "@audiences/storage/rules/RuleRepoSql"
import { SettingsRepoSql } from "@audiences/storage/settings/SettingsRepoSql"
import { SyncRepoSql } from "@audiences/storage/syncs/SyncRepoSql"
import { SyncSourceRepoSql } from "@audiences/storage/syncs/SyncSourceRepoSql"
import { VersionRepoSql } from "@audiences/storage/versions/VersionRepoSql"
import { Effect, Layer } from "effect"
import { availableParallelism } from "node:os"
import { Configuration } from "./Configuration.ts"

const Uploads = Layer.unwrap(
  Effect.map(Configuration, ({ uploads }) =>
    uploads._tag === "Folder" ? UploadStoreFile({ folder: uploads.path }) : UploadStoreS3(uploads)
  )
)

/** The request thread and the one that loads columns leave the other processors to evaluation. */
const Evaluating = Layer.unwrap(
  Effect.map(Configuration, ({ columnMemoryBytes }) =>
    EvaluatorColumns({ memoryBytes: columnMemoryBytes, threads: Math.max(1, availableParallelism() - 1) })
  )
)

const Storage = Layer.mergeAll(
  ApiKeyRepoSql,
  ArrivalRepoSql,
  AudienceGroupRepoSql,
  AudienceRepoSql,
  AuditRepoSql,
  ConsumerRepoSql,
  DatabaseClockSql,
  DistributionRepoSql,
  Evaluating,
  ExplanationRepoSql,
  Layer.provide(FileStagingThread(), ImportRowRepoSql),
  GateRepoSql,
  HistoryRepoSql,
  IdempotencyRepoSql,
  ImportRepoSql,
  IntegrationRepoSql,
  ImportReportRepoSql,
  ImportUndoRepoSql,
  MembershipRepoSql,
  OrderRepoSql,
  OrganizationRepoSql,
  PublicationFeedSql,
  PublisherRepoSql,
  RateLimitRepoSql,
  OverlapRepoSql,
  PreviewRepoSql,
  RfmRepoSql,
  RuleRepoSql,
  SegmentationRepoSql,
  SettingsRepoSql,
  SyncRepoSql,
  SyncSourceRepoSql,
  UndoRetentionRepoSql,
  VersionRepoSql,
  Uploads
)

const Gated = Gate.layer.pipe(
  Layer.provide(GateKeeper.layer),
  Layer.provide(
    Layer.effect(
      GateLimits,
      Effect.map(Configuration, ({ gateMemoryBytes }) => ({ ...defaultGateLimits, bytes: gateMemoryBytes }))
    )
  )
)

/** The use cases over PostgreSQL, and over the vendors that are to be reached. */
export const Engine = Layer.mergeAll(
  ApiKeys.layer,
  AudienceGroups.layer,
  Audiences.layer,
  AuditLog.layer,
  Consumers.layer,
  Distributions.layer,
  Explanations.layer,
  Gated,
  Exports.layer,
  History.layer,
  Idempotency.layer,
  Arrivals.layer,
  Layer.provide(FileImports.layer, Layer.merge(ImportReports.layer, ImportUndo.layer)),
  Imports.layer,
  Integrations.layer,
  ImportReports.layer,
  ImportUndo.layer,
  UndoRetention.layer,
  Resealing,
  Layer.provide(Layer.mergeAll(LoyaltyTiers.layer, Rfm.layer), Segmentations.layer),
  Memberships.layer,
  Orders.layer,
  OrganizationSettings.layer,
  Publishers.layer,
  RateLimits.layer,
  Refreshes.layer,
  Rules.layer,
  Overlaps.layer,
  Previews.layer,
  Layer.provide(Syncs.layer, Integrations.layer),
  SyncSources.layer,
  Versions.layer
).pipe(Layer.provideMerge(Organizations.layer), Layer.provide(Storage))
