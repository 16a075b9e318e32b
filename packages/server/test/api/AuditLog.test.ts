import { Api } from "@audiences/domain/api/Api"
import { auditActions } from "@audiences/domain/AuditEntry"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { HttpApi } from "effect/http-api"
import { ScriptedVendor, scriptedConnectors } from "../../../../tools/vitest/ScriptedVendor.ts"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, testServer } from "../TestServer.ts"

/** Operations that are no GET and leave no entry, each with the reason. */
const silent: Readonly<Record<string, string>> = {
  "previews.preview": "saves nothing",
  "gate.checkAll": "asks, and changes nothing"
}

const person = (email: string) => ({ email, emailVerified: false, phoneVerified: false, status: "ACTIVE" })
const rule = { field: "email", operator: "EXISTS", values: [] }
const vendorKey = "pk_0123456789abcdef-us14"
const secret = "ada.secret@example.com"

/** Makes an organization do everything that changes something, and tells the entries that it left, oldest first. */
const everything = Effect.gen(function* () {
  const { key, organizationId } = yield* freshKey
  const sql = yield* SqlClient.SqlClient
  yield* Effect.orDie(sql`UPDATE organizations SET founding = true WHERE id = ${organizationId}::uuid`)
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
    assert.strictEqual(answer.status, 200, `${method} ${path}: ${answer.text}`)
    return answer.json
  })
  const groupId = "0190a000-0000-7000-8000-00000000bbbb"
  const dynamic = yield* call("POST", "/audiences", { name: "VIPs", type: "DYNAMIC", rules: [rule], groupId })
  const list = yield* call("POST", "/audiences", { name: "Chosen", type: "STATIC_LIST" })
  yield* call("PUT", `/audiences/${dynamic.id}`, { name: "Best", description: "d".repeat(5000) })
  yield* call("POST", `/audiences/${dynamic.id}/refresh`)
  const added = yield* call("POST", `/audiences/${dynamic.id}/rules`, { ...rule, audienceId: dynamic.id })
  yield* call("PUT", `/audiences/${dynamic.id}/rules/${added.id}`, { field: "phone" })
  yield* call("DELETE", `/audiences/${dynamic.id}/rules/${added.id}`)
  yield* call("PUT", `/audiences/${dynamic.id}/rules`, { rules: [{ ...rule, audienceId: dynamic.id }] })
  const [ada] = yield* call("POST", "/consumers/batch", { consumers: [person(secret), person("b@example.com")] })
  yield* call("PUT", `/consumers/${ada.id}`, { fullName: "Ada Secret" })
  yield* call("POST", `/audiences/${list.id}/members`, { consumerIds: [ada.id] })
  yield* call("DELETE", `/audiences/${list.id}/members`, { consumerIds: [ada.id] })
  const opened = yield* call("POST", `/audiences/${list.id}/import`)
  yield* call("POST", `/audiences/${list.id}/imports/${opened.id}/cancel`)
  yield* call("POST", `/audiences/${list.id}/imports/${opened.id}/undo`)
  const { id: ofConsumers } = yield* call("POST", "/consumers/import")
  yield* call("POST", `/consumers/imports/${ofConsumers}/cancel`)
  yield* call("POST", `/consumers/imports/${ofConsumers}/undo`)
  const { id: ofOrders } = yield* call("POST", "/orders/import")
  yield* call("POST", `/orders/imports/${ofOrders}/cancel`)
  yield* call("POST", `/orders/imports/${ofOrders}/undo`)
  yield* call("POST", `/audiences/${list.id}/snapshots`, { name: "As of today" })
  yield* call("POST", "/orders/batch", {
    orders: [{ orderId: "o1", consumerId: ada.id, total: "9.5", orderedAt: "2026-01-01" }]
  })
  yield* call("POST", `/consumers/${ada.id}/activities`, {
    type: "MESSAGE",
    status: "SENT",
    channelType: "EMAIL",
    template: "hello"
  })
  yield* call("POST", `/consumers/${ada.id}/loyalty-transactions`, { txnType: "earn", pointsDelta: 5 })
  yield* call("DELETE", `/consumers/${ada.id}`)
  yield* call("DELETE", `/audiences/groups/${groupId}`)
  const tiers = { attribute: "ltv", groupName: "Tiers", tiers: [{ name: "Gold", order: 1, startValue: "10" }] }
  const { tierGroup } = yield* call("POST", "/audiences/loyalty-tiers", tiers)
  yield* call("PUT", `/audiences/loyalty-tiers/${tierGroup}`, { ...tiers, groupName: "Ranks" })
  const { groupId: segmented } = yield* call("POST", "/audiences/rfm", { groupName: "RFM" })
  yield* call("PUT", `/audiences/rfm/${segmented}`, { groupName: "Value", intervalSeconds: null })
  yield* call("POST", `/audiences/rfm/${segmented}/runs`)
  yield* call("DELETE", `/audiences/${list.id}`)
  yield* call("PUT", "/settings", { auditRetentionDays: 30 })
  for (const vendor of ["klaviyo", "mailchimp", "sendgrid"]) {
    yield* call("PUT", `/settings/integrations/${vendor}`, { credentials: { apiKey: vendorKey } })
    yield* call("POST", `/audiences/import/${vendor}`, { listIds: ["newsletter"] })
  }
  const synced = yield* call("POST", "/audiences", { name: "Synced", type: "SYNCED_LIST" })
  const named = { syncSource: "klaviyo:list", syncSourceId: "abc" }
  const source = yield* call("POST", "/sync-sources", { audienceId: synced.id, ...named })
  yield* call("POST", `/audiences/${synced.id}/sync`)
  yield* call("DELETE", `/sync-sources/${source.id}`)
  yield* call("DELETE", "/settings/integrations/klaviyo")
  yield* call("POST", "/organizations", { name: "Other" })
  yield* call("PUT", `/organizations/${organizationId}`, { name: "Renamed" })
  const made = yield* call("POST", "/api-keys", { name: "Second" })
  const next = yield* call("POST", `/api-keys/${made.id}/rotate`, {})
  yield* call("DELETE", `/api-keys/${next.id}`)
  const entries: Array<Answer["json"]> = []
  for (let after = ""; ;) {
    const page = yield* call("GET", `/audit-log?first=10${after}`)
    entries.unshift(...page.data.reverse())
    if (page.pageInfo.endCursor === null) break
    after = `&after=${encodeURIComponent(page.pageInfo.endCursor)}`
  }
  return { key, organizationId, dynamic, list, ada, entries, secrets: [made.secretKey, next.secretKey, vendorKey] }
})

/** Vendors who have every list. */
const connectors = scriptedConnectors(
  ["klaviyo", "mailchimp", "sendgrid"].map((name) => {
    const vendor = new ScriptedVendor(name)
    vendor.others = () => []
    return vendor
  })
)

layer(testServer({}, connectors), { excludeTestServices: true })("the audit log", (it) => {
  it("knows every operation that changes something", () => {
    const changing: Array<string> = []
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint, group }) => {
        if (endpoint.method !== "GET") changing.push(`${group.identifier}.${endpoint.identifier}`)
      }
    })
    assert.sameMembers(changing, [...auditActions, ...Object.keys(silent)])
  })

  it.effect("has an entry of every one of them, and none with personal values or secrets", () =>
    Effect.gen(function* () {
      const { ada, dynamic, entries, organizationId, secrets } = yield* everything
      assert.sameMembers([...new Set(entries.map(({ action }) => action))], [...auditActions])
      for (const { actor, requestId } of entries) {
        assert.match(actor, /^key:/)
        assert.isString(requestId)
      }
      const of = (action: string) => entries.find((entry) => entry.action === action)
      assert.deepStrictEqual(of("audiences.update").changes, {
        name: { from: "VIPs", to: "Best" },
        description: { from: null, to: { omitted: "5002 characters of JSON" } }
      })
      assert.deepStrictEqual(of("rules.update").changes.to[0].field, "phone")
      assert.deepStrictEqual(
        [of("consumers.batch").changes.created, of("consumers.batch").changes.consumerIds.includes(ada.id)],
        [2, true]
      )
      assert.deepStrictEqual(of("consumers.update").changes, { fields: ["fullName"] })
      assert.deepStrictEqual(of("organizations.update").subjectId, organizationId)
      assert.strictEqual(
        of("audiences.archive"),
        entries.findLast(({ action }) => action === "audiences.archive")
      )
      assert.strictEqual(of("groups.archive").changes.audienceIds[0], dynamic.id)
      const text = JSON.stringify(entries)
      for (const hidden of [secret, "Ada Secret", ...secrets]) assert.notInclude(text, hidden)
    })
  )

  it.effect("keeps what rules ask, but not whom by name", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const rules = [
        { field: "email", operator: "EQUALS", values: ["bob@secret.io"] },
        { field: "ltv", operator: "GREATER_THAN", values: ["12.50"] },
        { field: "lastOrderAt", operator: "GREATER_THAN", values: ["-P30D"] }
      ]
      yield* ask("/api/audiences", { key, ...json({ name: "A", type: "DYNAMIC", rules }) })
      const [entry] = (yield* ask("/api/audit-log", { key })).json.data
      assert.deepStrictEqual(
        entry.changes.rules.map(({ values }: Answer["json"]) => values),
        [{ omitted: 1 }, ["12.50"], ["-P30D"]]
      )
    })
  )

  it.effect("leaves no entry where nothing changed or was refused", () =>
    Effect.gen(function* () {
      const { ada, key, list } = yield* everything
      const total = (yield* ask("/api/audit-log?first=100", { key })).json.data.length
      yield* ask(`/api/audiences/${list.id}`, { key, method: "DELETE" })
      yield* ask(`/api/consumers/${ada.id}`, { key, method: "DELETE" })
      yield* ask("/api/settings", { key, ...json({ auditRetentionDays: 30 }, "PUT") })
      yield* ask("/api/consumers/batch", { key, ...json({ consumers: [person("b@example.com")] }) })
      yield* ask("/api/audiences", { key, ...json({ name: "", type: "DYNAMIC" }) })
      assert.strictEqual((yield* ask("/api/audit-log?first=100", { key })).json.data.length, total)
    })
  )

  it.effect("is filtered by subject, action, actor and time, and is no other organization's", () =>
    Effect.gen(function* () {
      const { dynamic, entries, key } = yield* everything
      const list = (query: string, as = key) =>
        Effect.map(ask(`/api/audit-log?first=100&${query}`, { key: as }), ({ json }) => json.data)
      const own = entries.filter(({ subjectId }) => subjectId === dynamic.id)
      assert.sameDeepMembers(yield* list(`subjectType=audience&subjectId=${dynamic.id.toUpperCase()}`), own)
      assert.strictEqual((yield* list("action=orders.batch")).length, 1)
      assert.strictEqual((yield* list(`actor=${entries[0].actor}`)).length, entries.length)
      assert.deepStrictEqual(yield* list("actor=nobody"), [])
      const [instant] = [entries[5].at]
      const before = yield* list(`until=${instant}`)
      const since = yield* list(`since=${instant}`)
      assert.strictEqual(before.length + since.length, entries.length)
      assert.isTrue(before.every((entry: Answer["json"]) => entry.at < instant))
      const { key: stranger } = yield* freshKey
      assert.deepStrictEqual(yield* list("", stranger), [])
    })
  )
})
