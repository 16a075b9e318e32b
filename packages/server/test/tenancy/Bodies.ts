import { klaviyoKey } from "../TestServer.ts"
import type { Ids } from "./Tenant.ts"

const person = ({ email, externalId, phone }: Ids) => ({
  email,
  phone,
  externalId,
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE"
})
const rule = ({ audience, ruleGroup }: Ids) => ({
  audienceId: audience,
  groupId: ruleGroup,
  field: "email",
  operator: "EXISTS",
  values: []
})
/** Whom the place names, by the same key; by its id unless it says otherwise. */
const named = ({ consumer, email, externalId, phone }: Ids, place: string) =>
  ({ email: { email }, phone: { phone }, externalId: { externalId } })[place.split(".").at(-1)!] ?? {
    consumerId: consumer
  }
const tiers = () => ({ attribute: "ltv", groupName: "Tiers", tiers: [{ name: "Gold", order: 1, startValue: "10" }] })
const lists = ({ list }: Ids) => ({ listIds: [list] })

/**
 * A body that is valid for whom the ids belong to, with an id at `place` when there is one to try. Every operation that takes a body
 * is here: a new one has to be added.
 */
export const bodies: Readonly<Record<string, (ids: Ids, place: string) => unknown>> = {
  "audiences.create": (ids, place) =>
    place.startsWith("body.primarySyncSource")
      ? {
          name: "Mine",
          type: "SYNCED_LIST",
          primarySyncSource: { syncSource: "klaviyo:list", syncSourceId: ids.source }
        }
      : { name: "Mine", type: "DYNAMIC", groupId: ids.group, rules: [{ ...rule(ids), audienceId: undefined }] },
  "audiences.update": ({ group }) => ({ name: "Mine now", groupId: group }),
  "rules.create": rule,
  "rules.replace": (ids) => ({ rules: [rule(ids)] }),
  "rules.update": rule,
  "members.add": ({ consumer }) => ({ consumerIds: [consumer] }),
  "members.remove": ({ consumer }) => ({ consumerIds: [consumer] }),
  "loyaltyTiers.create": tiers,
  "loyaltyTiers.replace": tiers,
  "rfm.create": () => ({ groupName: "RFM" }),
  "rfm.replace": () => ({ groupName: "RFM" }),
  "syncs.klaviyo": lists,
  "syncs.mailchimp": lists,
  "syncs.sendgrid": lists,
  "syncSources.add": ({ audience, source }) => ({
    audienceId: audience,
    syncSource: "klaviyo:list",
    syncSourceId: source
  }),
  "consumers.batch": (ids) => ({ consumers: [person(ids)] }),
  "consumers.update": ({ email, phone }) => ({ fullName: "Mine now", email, phone }),
  "history.addActivity": ({ experience }, place) =>
    place === "body.distributionId"
      ? { type: "MESSAGE", status: "SENT", channelType: "EMAIL", template: "hello", distributionId: experience }
      : {
          type: "QUEUE",
          status: "DONE",
          experienceId: experience,
          experienceName: "E",
          sequenceId: experience,
          sequenceName: "S"
        },
  "history.addLoyaltyTransaction": () => ({ txnType: "earn", pointsDelta: 5 }),
  "orders.batch": (ids, place) => ({
    orders: [{ orderId: ids.order, orderedAt: "2026-01-01", total: "5", ...named(ids, place) }]
  }),
  "versions.snapshot": () => ({ name: "Mine" }),
  "previews.preview": (ids) => ({ rules: [{ ...rule(ids), audienceId: undefined }], audienceId: ids.audience }),
  "gate.checkAll": (ids, place) => ({ consumers: [named(ids, place)] }),
  "organizations.create": () => ({ name: "Mine" }),
  "organizations.update": () => ({ name: "Mine now" }),
  "apiKeys.create": () => ({ name: "Mine" }),
  "apiKeys.rotate": () => ({}),
  "settings.update": () => ({ auditRetentionDays: 5 }),
  "integrations.set": () => ({ credentials: { apiKey: klaviyoKey }, properties: { plan: "plan" } })
}
