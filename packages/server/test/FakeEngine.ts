import { Unauthorized } from "@audiences/domain/api/Authorization"
import { type Audience, AudienceNotFound } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import { UploadRefused } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { ApiKeys } from "@audiences/engine/apiKeys/ApiKeys"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { AuditLog } from "@audiences/engine/audit/AuditLog"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { Distributions } from "@audiences/engine/distributions/Distributions"
import { Explanations } from "@audiences/engine/explanations/Explanations"
import { Gate } from "@audiences/engine/gate/Gate"
import { Exports } from "@audiences/engine/exports/Exports"
import { AudienceGroups } from "@audiences/engine/groups/AudienceGroups"
import { LoyaltyTiers } from "@audiences/engine/groups/LoyaltyTiers"
import { History } from "@audiences/engine/history/History"
import { Idempotency } from "@audiences/engine/idempotency/Idempotency"
import { FileImports } from "@audiences/engine/imports/FileImports"
import { ImportReports } from "@audiences/engine/imports/reports/ImportReports"
import { ImportUndo } from "@audiences/engine/imports/undo/ImportUndo"
import { Imports } from "@audiences/engine/imports/Imports"
import { Integrations } from "@audiences/engine/integrations/Integrations"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Orders } from "@audiences/engine/orders/Orders"
import { Organizations } from "@audiences/engine/organizations/Organizations"
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
import { DateTime, Deferred, Effect, Layer, Redacted } from "effect"
import { SqlError } from "effect/sql"

export const key = "sk_test_the-only-one"
const organizationId = OrganizationId.make("0190a000-0000-7000-8000-000000000001")

/** Ids that make the fake engine misbehave. */
export const crashing = "0190a000-0000-7000-8000-00000000dead"
export const garbling = "0190a000-0000-7000-8000-00000000baad"
export const away = "0190a000-0000-7000-8000-00000000a3a3"
export const slow = "0190a000-0000-7000-8000-000000005105"
export const known = "0190a000-0000-7000-8000-000000000002"

/** The slow one is answered for when it is told to go on. */
export const slowness = { asked: Deferred.makeUnsafe<void>(), goOn: Deferred.makeUnsafe<void>() }

const audience = (id: string): Audience => ({
  id: AudienceId.make(id),
  organizationId,
  name: "VIPs",
  type: "DYNAMIC",
  archived: false,
  createdAt: DateTime.makeUnsafe(0),
  createdBy: "system"
})

const get = (id: string) => {
  switch (id) {
    case crashing:
      return Effect.die(new Error("secret detail of the database"))
    case away:
      return Effect.die(
        new SqlError.SqlError({
          reason: new SqlError.UnknownError({
            message: "PgConnection: Query failed",
            cause: Object.assign(new Error("terminating connection because of crash of another server process"), {
              code: "57P02"
            })
          })
        })
      )
    case garbling:
      return Effect.succeed({ ...audience(id), name: 7 } as never)
    case slow:
      return Deferred.succeed(slowness.asked, undefined).pipe(
        Effect.andThen(Deferred.await(slowness.goOn)),
        Effect.as({ ...audience(id), rules: [], imports: [] })
      )
    case known:
      return Effect.succeed({ ...audience(id), rules: [], imports: [] })
    default:
      return Effect.fail(new AudienceNotFound())
  }
}

/** An engine whose answers depend on the id alone: for what only the HTTP side decides. */
export const FakeEngine = Layer.mergeAll(
  Layer.mock(Audiences, {
    get: (_, id) => get(id),
    create: (_, input) =>
      Effect.succeed({ ...audience(known), name: input.name, type: input.type, rules: [], imports: [] })
  }),
  Layer.mock(Organizations, {
    authenticate: (secretKey) =>
      Redacted.value(secretKey) === key
        ? Effect.succeed({ organizationId, name: "key:test" })
        : Effect.fail(new Unauthorized()),
    recall: () => undefined
  }),
  Layer.mock(FileImports, {}),
  Layer.mock(Imports, { receive: () => Effect.fail(new UploadRefused()) }),
  Layer.mock(ImportReports, {}),
  Layer.mock(ImportUndo, {}),
  Layer.mock(ApiKeys, {}),
  Layer.mock(AuditLog, {}),
  Layer.mock(OrganizationSettings, {}),
  Layer.mock(Integrations, {}),
  Layer.mock(Idempotency, {}),
  Layer.mock(RateLimits, { count: () => Effect.succeed(undefined), recall: () => undefined }),
  Layer.mock(Memberships, {}),
  Layer.mock(Explanations, {}),
  Layer.mock(Overlaps, {}),
  Layer.mock(Previews, {}),
  Layer.mock(Versions, {}),
  Layer.mock(Gate, { recall: () => undefined }),
  Layer.mock(Rules, {}),
  Layer.mock(AudienceGroups, {}),
  Layer.mock(LoyaltyTiers, {}),
  Layer.mock(Rfm, {}),
  Layer.mock(Distributions, {}),
  Layer.mock(Exports, {}),
  Layer.mock(History, {}),
  Layer.mock(Orders, {}),
  Layer.mock(Syncs, {}),
  Layer.mock(SyncSources, {}),
  Layer.mock(Refreshes, {}),
  Layer.mock(Consumers, {})
)
