import { Schema } from "effect"
import { Instant, InstantInput } from "./Instant.ts"
import { pageOf, pageQuery } from "./Page.ts"
import { OpenMap, Text, UuidText } from "./Scalar.ts"

/** Everything that leaves an entry: the operations that change something, by their group and name in the contract. */
export const auditActions = [
  "apiKeys.create",
  "apiKeys.revoke",
  "apiKeys.rotate",
  "audiences.archive",
  "audiences.create",
  "audiences.refresh",
  "audiences.update",
  "consumerImports.cancel",
  "consumerImports.create",
  "consumerImports.undo",
  "consumers.archive",
  "consumers.batch",
  "consumers.update",
  "groups.archive",
  "history.addActivity",
  "history.addLoyaltyTransaction",
  "imports.cancel",
  "imports.create",
  "imports.undo",
  "integrations.remove",
  "integrations.set",
  "loyaltyTiers.create",
  "loyaltyTiers.replace",
  "members.add",
  "members.remove",
  "orderImports.cancel",
  "orderImports.create",
  "orderImports.undo",
  "orders.batch",
  "organizations.create",
  "organizations.update",
  "rfm.create",
  "rfm.replace",
  "rfm.run",
  "rules.create",
  "rules.remove",
  "rules.replace",
  "rules.update",
  "settings.update",
  "syncSources.add",
  "syncSources.remove",
  "syncs.klaviyo",
  "syncs.mailchimp",
  "syncs.sendgrid",
  "syncs.start",
  "versions.snapshot"
] as const
export type AuditAction = (typeof auditActions)[number]

/** Who changed what, and when. Written with the change, in one transaction; never altered. */
export const AuditEntry = Schema.Struct({
  id: UuidText,
  at: Instant,
  /** As in `createdBy`: `key:<api key id>` … */
  actor: Schema.String,
  /** The operation, such as `audiences.update`. */
  action: Schema.String,
  /** `audience`, `group`, `consumer`, `order`, `organization`, `apiKey` … */
  subjectType: Schema.String,
  /** Null where one request changed many. */
  subjectId: Schema.NullOr(Schema.String),
  /** What of it changed: fields with `from` and `to`, counts, ids. Of consumers never a value, only the names of fields. */
  changes: OpenMap,
  /** The `X-Request-Id` of the request. */
  requestId: Schema.NullOr(Schema.String)
}).annotate({ identifier: "AuditEntry" })
export type AuditEntry = typeof AuditEntry.Type

export const AuditPage = pageOf(AuditEntry).annotate({ identifier: "AuditPage" })

/** Newest first. */
export const auditListQuery = {
  ...pageQuery,
  actor: Schema.optionalKey(Text),
  action: Schema.optionalKey(Text),
  subjectType: Schema.optionalKey(Text),
  subjectId: Schema.optionalKey(Text),
  /** From this instant on. */
  since: Schema.optionalKey(InstantInput),
  /** Before this instant. */
  until: Schema.optionalKey(InstantInput)
}
export type AuditListQuery = Schema.Struct.Type<typeof auditListQuery>
