import type { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { HttpApiGroup } from "effect/http-api"

/** The groups of the contract, each loaded when something of it is called: a command calls one or two. */
export const groupLoaders: {
  readonly [Name in keyof AudiencesClient["Service"]]: () => Promise<
    HttpApiGroup.Constraint & { readonly identifier: Name }
  >
} = {
  audiences: async () => (await import("@audiences/domain/api/AudiencesApi")).AudiencesApi,
  rules: async () => (await import("@audiences/domain/api/RulesApi")).RulesApi,
  members: async () => (await import("@audiences/domain/api/MembersApi")).MembersApi,
  gate: async () => (await import("@audiences/domain/api/GateApi")).GateApi,
  imports: async () => (await import("@audiences/domain/api/ImportsApi")).ImportsApi,
  groups: async () => (await import("@audiences/domain/api/GroupsApi")).GroupsApi,
  loyaltyTiers: async () => (await import("@audiences/domain/api/LoyaltyTiersApi")).LoyaltyTiersApi,
  rfm: async () => (await import("@audiences/domain/api/RfmApi")).RfmApi,
  syncs: async () => (await import("@audiences/domain/api/SyncsApi")).SyncsApi,
  syncSources: async () => (await import("@audiences/domain/api/SyncSourcesApi")).SyncSourcesApi,
  exports: async () => (await import("@audiences/domain/api/ExportsApi")).ExportsApi,
  versions: async () => (await import("@audiences/domain/api/VersionsApi")).VersionsApi,
  previews: async () => (await import("@audiences/domain/api/PreviewsApi")).PreviewsApi,
  overlaps: async () => (await import("@audiences/domain/api/OverlapsApi")).OverlapsApi,
  consumerImports: async () => (await import("@audiences/domain/api/ConsumerImportsApi")).ConsumerImportsApi,
  consumers: async () => (await import("@audiences/domain/api/ConsumersApi")).ConsumersApi,
  history: async () => (await import("@audiences/domain/api/HistoryApi")).HistoryApi,
  orders: async () => (await import("@audiences/domain/api/OrdersApi")).OrdersApi,
  orderImports: async () => (await import("@audiences/domain/api/OrderImportsApi")).OrderImportsApi,
  organizations: async () => (await import("@audiences/domain/api/OrganizationsApi")).OrganizationsApi,
  apiKeys: async () => (await import("@audiences/domain/api/ApiKeysApi")).ApiKeysApi,
  settings: async () => (await import("@audiences/domain/api/SettingsApi")).SettingsApi,
  integrations: async () => (await import("@audiences/domain/api/IntegrationsApi")).IntegrationsApi,
  auditLog: async () => (await import("@audiences/domain/api/AuditLogApi")).AuditLogApi
}
