import { HttpApi, OpenApi } from "effect/http-api"
import { ApiKeysApi } from "./ApiKeysApi.ts"
import { AudiencesApi } from "./AudiencesApi.ts"
import { AuditLogApi } from "./AuditLogApi.ts"
import { ConsumerImportsApi } from "./ConsumerImportsApi.ts"
import { ConsumersApi } from "./ConsumersApi.ts"
import { GateApi } from "./GateApi.ts"
import { ExportsApi } from "./ExportsApi.ts"
import { GroupsApi } from "./GroupsApi.ts"
import { HistoryApi } from "./HistoryApi.ts"
import { ImportsApi } from "./ImportsApi.ts"
import { IntegrationsApi } from "./IntegrationsApi.ts"
import { LoyaltyTiersApi } from "./LoyaltyTiersApi.ts"
import { MembersApi } from "./MembersApi.ts"
import { OrderImportsApi } from "./OrderImportsApi.ts"
import { OrdersApi } from "./OrdersApi.ts"
import { OrganizationsApi } from "./OrganizationsApi.ts"
import { OverlapsApi } from "./OverlapsApi.ts"
import { PreviewsApi } from "./PreviewsApi.ts"
import { RfmApi } from "./RfmApi.ts"
import { RulesApi } from "./RulesApi.ts"
import { SettingsApi } from "./SettingsApi.ts"
import { SyncSourcesApi } from "./SyncSourcesApi.ts"
import { SyncsApi } from "./SyncsApi.ts"
import { VersionsApi } from "./VersionsApi.ts"

/** The path under which a server of this contract answers. */
export const basePath = "/api"

/** The contract, relative to `basePath`. */
export class Api extends HttpApi.make("audiences")
  .add(AudiencesApi)
  .add(RulesApi)
  .add(MembersApi)
  .add(GateApi)
  .add(ImportsApi)
  .add(GroupsApi)
  .add(LoyaltyTiersApi)
  .add(RfmApi)
  .add(SyncsApi)
  .add(SyncSourcesApi)
  .add(ExportsApi)
  .add(VersionsApi)
  .add(PreviewsApi)
  .add(OverlapsApi)
  .add(ConsumerImportsApi)
  .add(ConsumersApi)
  .add(HistoryApi)
  .add(OrdersApi)
  .add(OrderImportsApi)
  .add(OrganizationsApi)
  .add(ApiKeysApi)
  .add(SettingsApi)
  .add(IntegrationsApi)
  .add(AuditLogApi)
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", reportInput: true })
  .annotate(HttpApi.ParamsParseOptions, { errors: "all", reportInput: true })
  .annotate(HttpApi.QueryParseOptions, { errors: "all", reportInput: true })
  .annotateMerge(
    OpenApi.annotations({
      title: "Audiences API",
      version: "1.0.0",
      description: "Who is in which audience, right now, and why.",
      servers: [{ url: basePath }]
    })
  ) {}
