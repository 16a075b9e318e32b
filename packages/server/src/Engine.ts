import { Audiences } from "@audiences/engine/audiences/Audiences"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { Distributions } from "@audiences/engine/distributions/Distributions"
import { AudienceGroups } from "@audiences/engine/groups/AudienceGroups"
import { Imports } from "@audiences/engine/imports/Imports"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Organizations } from "@audiences/engine/organizations/Organizations"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { Rules } from "@audiences/engine/rules/Rules"
import { Syncs } from "@audiences/engine/syncs/Syncs"
import { AudienceRepoSql } from "@audiences/storage/audiences/AudienceRepoSql"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { DistributionRepoSql } from "@audiences/storage/distributions/DistributionRepoSql"
import { AudienceGroupRepoSql } from "@audiences/storage/groups/AudienceGroupRepoSql"
import { ImportRepoSql } from "@audiences/storage/imports/ImportRepoSql"
import { UploadStoreFile } from "@audiences/storage/imports/UploadStoreFile"
import { MembershipRepoSql } from "@audiences/storage/memberships/MembershipRepoSql"
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
  ImportRepoSql,
  MembershipRepoSql,
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
  Imports.layer,
  Memberships.layer,
  Organizations.layer,
  Refreshes.layer,
  Rules.layer,
  Syncs.layer
).pipe(Layer.provide(Storage))
