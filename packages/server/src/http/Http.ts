import { Api, basePath } from "@audiences/domain/api/Api"
import { ByteSize, Effect, Layer } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { ApiKeysHttp } from "./ApiKeysHttp.ts"
import { AudiencesHttp } from "./AudiencesHttp.ts"
import { AuditLogHttp } from "./AuditLogHttp.ts"
import { AuthorizationHttp } from "./AuthorizationHttp.ts"
import { ConsumersHttp } from "./ConsumersHttp.ts"
import { FileImportsHttp } from "./FileImportsHttp.ts"
import { GateHttp } from "./GateHttp.ts"
import { ExportsHttp } from "./ExportsHttp.ts"
import { GroupsHttp } from "./GroupsHttp.ts"
import { HistoryHttp } from "./HistoryHttp.ts"
import { ImportsHttp } from "./ImportsHttp.ts"
import { IntegrationsHttp } from "./IntegrationsHttp.ts"
import { LoyaltyTiersHttp } from "./LoyaltyTiersHttp.ts"
import { MembersHttp } from "./MembersHttp.ts"
import { MetricsHttp } from "./MetricsHttp.ts"
import { DocsHttp, HealthHttp } from "./OperationsHttp.ts"
import { OrdersHttp } from "./OrdersHttp.ts"
import { withOrganization } from "./OrganizationRequests.ts"
import { OrganizationsHttp } from "./OrganizationsHttp.ts"
import { OtherMethods } from "./OtherMethods.ts"
import { OverlapsHttp } from "./OverlapsHttp.ts"
import { PreviewsHttp } from "./PreviewsHttp.ts"
import { RefusalsHttp } from "./RefusalsHttp.ts"
import { withRequestId } from "./RequestIds.ts"
import { withRequestLog } from "./RequestLog.ts"
import { routing } from "./Routing.ts"
import { RfmHttp } from "./RfmHttp.ts"
import { RulesHttp } from "./RulesHttp.ts"
import { SettingsHttp } from "./SettingsHttp.ts"
import { SyncSourcesHttp } from "./SyncSourcesHttp.ts"
import { SyncsHttp } from "./SyncsHttp.ts"
import { withUnanswered } from "./Unanswered.ts"
import { UploadsHttp } from "./UploadsHttp.ts"
import { VersionsHttp } from "./VersionsHttp.ts"

/** Of a JSON body, which is held in memory. Uploads are streamed and have a limit of their own. */
const maxBodySize = ByteSize.mebibytes(16)

const ContractHttp = HttpApiBuilder.layer(Api).pipe(
  Layer.provide([
    AudiencesHttp,
    RulesHttp,
    MembersHttp,
    GateHttp,
    ImportsHttp,
    FileImportsHttp,
    GroupsHttp,
    LoyaltyTiersHttp,
    RfmHttp,
    SyncsHttp,
    SyncSourcesHttp,
    ExportsHttp,
    VersionsHttp,
    PreviewsHttp,
    OverlapsHttp,
    ConsumersHttp,
    HistoryHttp,
    OrdersHttp,
    OrganizationsHttp,
    ApiKeysHttp,
    SettingsHttp,
    IntegrationsHttp,
    AuditLogHttp
  ]),
  Layer.provide([AuthorizationHttp, RefusalsHttp]),
  Layer.provide(
    Layer.effect(
      HttpRouter.HttpRouter,
      Effect.map(HttpRouter.HttpRouter, (router) => router.prefixed(basePath))
    )
  )
)

/** What a server with the role `worker` answers. */
export const WorkerHttp = Layer.merge(HealthHttp, MetricsHttp)

/** Everything this service answers. */
export const Http = Layer.mergeAll(ContractHttp, OtherMethods, UploadsHttp, DocsHttp, HealthHttp, MetricsHttp)

const routerConfig = Layer.succeed(HttpRouter.RouterConfig, routing)

/**
 * Answers HTTP with the given routes. From the outside in: the request's id, its log line, an answer in any case, what holds for every
 * request of an organization, and again an answer in any case, for that to see.
 */
export const serve = <A, E, R>(routes: Layer.Layer<A, E, R>) =>
  Layer.unwrap(
    Effect.map(HttpRouter.toHttpEffect(routes), (app) =>
      HttpServer.serve(
        app.pipe(
          withUnanswered,
          withOrganization,
          withUnanswered,
          withRequestLog,
          withRequestId,
          Effect.provideService(HttpIncomingMessage.MaxBodySize, maxBodySize)
        )
      )
    )
  ).pipe(Layer.provide(routerConfig))
