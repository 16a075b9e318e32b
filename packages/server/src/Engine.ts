import { Audiences } from "@audiences/engine/audiences/Audiences"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { Distributions } from "@audiences/engine/distributions/Distributions"
import { AudienceGroups } from "@audiences/engine/groups/AudienceGroups"
import { History } from "@audiences/engine/history/History"
import { Imports } from "@audiences/engine/imports/Imports"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Orders } from "@audiences/engine/orders/Orders"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { Rules } from "@audiences/engine/rules/Rules"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { AudienceRepoSql } from "@audiences/storage/audiences/AudienceRepoSql"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { DistributionRepoSql } from "@audiences/storage/distributions/DistributionRepoSql"
import { AudienceGroupRepoSql } from "@audiences/storage/groups/AudienceGroupRepoSql"
import { HistoryRepoSql } from "@audiences/storage/history/HistoryRepoSql"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { UploadStoreFile } from "@audiences/storage/imports/UploadStoreFile"
import { MembershipRepoSql } from "@audiences/storage/memberships/MembershipRepoSql"
import { OrderRepoSql } from "@audiences/storage/orders/OrderRepoSql"
import { OrganizationRepoSql } from "@audiences/storage/organizations/OrganizationRepoSql"
import { RuleRepoSql } from "@audiences/storage/rules/RuleRepoSql"
import { Effect, Layer } from "effect"
import { Configuration } from "./Configuration.ts"

const Uploads = Layer.unwrap(Effect.map(Configuration, ({ uploads }) => UploadStoreFile({ folder: uploads })))

const Storage = Layer.mergeAll(
  AudienceGroupRepoSql,
  AudienceRepoSql,
  ConsumerRepoSql,
  DatabaseClockSql,
  DistributionRepoSql,
  HistoryRepoSql,
  ImportRepoSql,
  MembershipRepoSql,
  OrderRepoSql,
  OrganizationRepoSql,
  RuleRepoSql,
  Uploads
)

/** The use cases over PostgreSQL. */
export const Engine = Layer.mergeAll(
  AudienceGroups.layer,
  Audiences.layer,
  Consumers.layer,
  Distributions.layer,
  History.layer,
  Imports.layer,
  Memberships.layer,
  Orders.layer,
  Organizations.layer,
  Refreshes.layer,
  Rules.layer,
  Syncs.layer
).pipe(Layer.provide(Storage))
