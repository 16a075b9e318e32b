import { Effect } from "effect"
import { ask, json } from "../Answer.ts"
import { freshKey, klaviyoKey } from "../TestServer.ts"

/** What an id may be of. */
const kinds = [
  "organization",
  "apiKey",
  "audience",
  "group",
  "programme",
  "rfm",
  "rule",
  "ruleGroup",
  "consumer",
  "email",
  "phone",
  "externalId",
  "order",
  "activity",
  "experience",
  "transaction",
  "source",
  "syncSource",
  "list",
  "import",
  "consumerImport",
  "orderImport"
] as const
export type Kind = (typeof kinds)[number]
export type Ids = Readonly<Record<Kind, string>>

/** Of what the place of an operation holds an id. `undefined`: nobody has said so yet, and the test fails until somebody does. */
export const kindOf = (operation: string, place: string): Kind | undefined => {
  const name = place.split(".").at(-1)!.replace("[]", "")
  if (/rules\[\]\.groupId$/.test(place) || (operation.startsWith("rules.") && name === "groupId")) return "ruleGroup"
  if (operation === "loyaltyTiers.replace" && name === "groupId") return "programme"
  if (operation.startsWith("rfm.") && name === "groupId") return "rfm"
  if (operation.startsWith("consumerImports.")) return "consumerImport"
  if (operation.startsWith("orderImports.")) return "orderImport"
  if (name === "id") {
    if (place === "path.id" && /^(consumers|history)\./.test(operation)) return "consumer"
    if (place === "path.id" && operation.startsWith("syncSources.")) return "syncSource"
    if (operation === "history.addActivity") return "activity"
    if (operation === "history.addLoyaltyTransaction") return "transaction"
    return undefined
  }
  return {
    organizationId: "organization",
    apiKeyId: "apiKey",
    audienceId: "audience",
    audienceIds: "audience",
    subjectId: "audience",
    groupId: "group",
    ruleId: "rule",
    consumerId: "consumer",
    consumerIds: "consumer",
    email: "email",
    phone: "phone",
    externalId: "externalId",
    orderId: "order",
    experienceId: "experience",
    sequenceId: "experience",
    productId: "experience",
    distributionId: "experience",
    selectedVariantId: "experience",
    syncSourceId: "source",
    listIds: "list",
    importId: "import"
  }[name] as Kind | undefined
}

const number = (n: number) => String(n).padStart(12, "0")

/** Ids that nobody has. */
export const absent: Ids = {
  ...(Object.fromEntries(kinds.map((kind, i) => [kind, `0190a000-0000-7000-8000-${number(9000 + i)}`])) as Ids),
  email: "absent@example.com",
  phone: "+15559999",
  externalId: "absent",
  order: "absent",
  source: "absent",
  list: "absent"
}

/** Ids that the caller chooses, each tenant its own. */
const chosen = (n: number) => ({
  group: `0190a000-0000-7000-8000-${number(n * 10 + 1)}`,
  ruleGroup: `0190a000-0000-7000-8000-${number(n * 10 + 2)}`,
  activity: `0190a000-0000-7000-8000-${number(n * 10 + 3)}`,
  experience: `0190a000-0000-7000-8000-${number(n * 10 + 4)}`,
  transaction: `0190a000-0000-7000-8000-${number(n * 10 + 5)}`,
  email: `secret${number(n)}@example.com`,
  phone: `+1555${1_000_000 + n}`,
  externalId: `secret-${number(n)}`,
  order: `secret-order-${number(n)}`,
  source: `secret-source-${number(n)}`,
  list: `secret-list-${number(n)}`
})

let tenants = 0

/** An organization that has one of everything. Its word is in every text it has. */
export const freshTenant = Effect.gen(function* () {
  const { key, organizationId: organization } = yield* freshKey
  const own = chosen(++tenants)
  const word = `word${tenants}.`
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
    if (answer.status !== 200) return yield* Effect.die(`${method} ${path} answers ${answer.status}: ${answer.text}`)
    return answer.json
  })
  // Done before there are consumers, so that it does not change them at some time later.
  const rfm = yield* call("POST", "/audiences/rfm", { groupName: word, segmentMap: [{ name: word }] })
  yield* call("GET", `/audiences/rfm/${rfm.groupId}`).pipe(
    Effect.delay("20 millis"),
    Effect.repeat({ until: ({ inProgress }) => !inProgress })
  )
  const rule = { groupId: own.ruleGroup, field: "fullName", operator: "EQUALS", values: [word] }
  const dynamic = yield* call("POST", "/audiences", {
    name: word,
    type: "DYNAMIC",
    groupId: own.group,
    rules: [rule]
  })
  const { id: list } = yield* call("POST", "/audiences", {
    name: `list of ${word}`,
    type: "STATIC_LIST",
    groupId: own.group
  })
  const synced = yield* call("POST", "/audiences", {
    name: `source of ${word}`,
    type: "SYNCED_LIST",
    primarySyncSource: { syncSource: "klaviyo:list", syncSourceId: own.source }
  })
  /** One more SYNCED_LIST, which has no source. */
  const sourceless = Effect.map(
    call("POST", "/audiences", { name: `no source of ${word}`, type: "SYNCED_LIST" }),
    ({ id }): string => id
  )
  const { email, externalId, phone } = own
  const known = {
    emailVerified: false,
    phoneVerified: false,
    status: "ACTIVE",
    fullName: word,
    metadata: { [word]: 1 }
  }
  const [{ id: consumer }] = yield* call("POST", "/consumers/batch", {
    consumers: [{ email, phone, externalId, ...known }]
  })
  yield* call("POST", `/audiences/${list}/members`, { consumerIds: [consumer] })
  const opened = yield* call("POST", `/audiences/${list}/import`)
  yield* call("POST", `/audiences/${list}/imports/${opened.id}/cancel`)
  yield* call("GET", `/audiences/${list}/imports/${opened.id}/errors.csv`)
  const mapping = encodeURIComponent(JSON.stringify({ [word]: "email" }))
  const { id: consumerImport } = yield* call("POST", `/consumers/import?mapping=${mapping}`)
  const { id: orderImport } = yield* call("POST", `/orders/import?mapping=${mapping}`)
  yield* call("POST", `/consumers/imports/${consumerImport}/cancel`)
  yield* call("POST", `/orders/imports/${orderImport}/cancel`)
  const about = {
    experienceId: own.experience,
    experienceName: word,
    sequenceId: own.experience,
    sequenceName: word
  }
  yield* call("POST", `/consumers/${consumer}/activities`, {
    id: own.activity,
    type: "DRAW",
    status: word,
    ...about
  })
  const points = { id: own.transaction, txnType: "earn", pointsDelta: 5, sourceType: word }
  yield* call("POST", `/consumers/${consumer}/loyalty-transactions`, points)
  const order = { orderId: own.order, consumerId: consumer, orderedAt: "2026-01-01", total: "5" }
  yield* call("POST", "/orders/batch", { orders: [order] })
  yield* call("PUT", "/settings/integrations/klaviyo", {
    credentials: { apiKey: klaviyoKey },
    properties: { [word]: word }
  })
  const { id: apiKey } = yield* call("POST", "/api-keys", { name: word })
  const { audiences, tierGroup: programme } = yield* call("POST", "/audiences/loyalty-tiers", {
    attribute: "ltv",
    groupName: word,
    tiers: [{ name: word, order: 1, startValue: 0 }]
  })
  /** Until then its audiences may change by themselves. */
  const evaluated = Effect.gen(function* () {
    for (const id of [dynamic.id, audiences[0].id, rfm.audiences[0].id]) {
      yield* call("POST", `/audiences/${id}/refresh`)
      yield* call("GET", `/audiences/${id}/status`).pipe(
        Effect.delay("20 millis"),
        Effect.repeat({ until: ({ inProgress, stale }) => !inProgress && !stale })
      )
    }
  })
  const ids: Ids = {
    ...own,
    organization,
    programme,
    rfm: rfm.groupId,
    apiKey,
    syncSource: synced.primarySyncSource.id,
    audience: dynamic.id,
    rule: dynamic.rules[0].id,
    consumer,
    import: opened.id,
    consumerImport,
    orderImport
  }
  return { key, ids, word, list: list as string, synced: synced.id as string, sourceless, evaluated }
})
export type Tenant = Effect.Success<typeof freshTenant>
