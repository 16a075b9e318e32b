import { Api, basePath } from "@audiences/domain/api/Api"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpApi } from "effect/http-api"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"
const person = { email: "ada@example.com", emailVerified: false, phoneVerified: false, status: "ACTIVE" }
const rule = (audienceId: string) => ({ audienceId, field: "email", operator: "EXISTS", values: [] })

/** A valid body for every operation that names something by its id. A new operation of that kind has to be added here. */
const bodies: Readonly<Record<string, (audienceId: string, consumerId: string) => unknown>> = {
  "audiences.get": () => undefined,
  "audiences.update": () => ({ name: "Mine now" }),
  "audiences.archive": () => undefined,
  "audiences.count": () => undefined,
  "audiences.status": () => undefined,
  "audiences.refresh": () => undefined,
  "rules.list": () => undefined,
  "rules.create": rule,
  "rules.replace": (audienceId) => ({ rules: [rule(audienceId)] }),
  "rules.get": () => undefined,
  "rules.update": () => ({ field: "phone" }),
  "rules.remove": () => undefined,
  "members.list": () => undefined,
  "members.add": (_, consumerId) => ({ consumerIds: [consumerId] }),
  "members.remove": (_, consumerId) => ({ consumerIds: [consumerId] }),
  "gate.check": () => undefined,
  "gate.checkAll": (_, consumerId) => ({ consumers: [{ consumerId }] }),
  "imports.create": () => undefined,
  "imports.latest": () => undefined,
  "groups.get": () => undefined,
  "groups.members": () => undefined,
  "groups.archive": () => undefined,
  "loyaltyTiers.replace": () => ({ attribute: "ltv", groupName: "Tiers", tiers: [] }),
  "syncs.start": () => undefined,
  "consumers.get": () => undefined,
  "consumers.update": () => ({ fullName: "Mine Now" }),
  "consumers.archive": () => undefined,
  "consumers.audiences": () => undefined,
  "organizations.get": () => undefined,
  "organizations.update": () => ({ name: "Mine now" }),
  "apiKeys.rotate": () => ({}),
  "apiKeys.revoke": () => undefined,
  "history.timeline": () => undefined,
  "history.addActivity": () => ({ type: "MESSAGE", status: "SENT", channelType: "EMAIL", template: "hello" }),
  "history.loyaltyTransactions": () => undefined,
  "history.addLoyaltyTransaction": () => ({ txnType: "earn", pointsDelta: 5 })
}

interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
}

const operations: Array<Operation> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint, group }) => {
    if (endpoint.path.includes(":")) {
      operations.push({
        name: `${group.identifier}.${endpoint.identifier}`,
        method: endpoint.method,
        path: endpoint.path
      })
    }
  }
})

layer(TestServer, { excludeTestServices: true })("an organization", (it) => {
  it("has a body to try for every operation that names something", () => {
    assert.sameMembers(
      operations.map(({ name }) => name),
      Object.keys(bodies)
    )
  })

  it.effect("cannot tell what another one has from what nobody has, by any operation", () =>
    Effect.gen(function* () {
      const { key: owner, organizationId } = yield* freshKey
      const { key: stranger } = yield* freshKey
      const create = (type: string, rest: object) =>
        ask("/api/audiences", { key: owner, ...json({ name: "Theirs", type, ...rest }) })
      const groupId = "0190a000-0000-7000-8000-00000000aaaa"
      const dynamic = (yield* create("DYNAMIC", {
        groupId,
        rules: [{ field: "email", operator: "EXISTS", values: [] }]
      })).json
      const list = (yield* create("STATIC_LIST", {})).json
      const [consumer] = (yield* ask("/api/consumers/batch", { key: owner, ...json({ consumers: [person] }) })).json
      const [apiKey] = (yield* ask("/api/api-keys", { key: owner })).json.data
      yield* ask(`/api/audiences/${list.id}/import`, { key: owner, method: "POST" })

      const attempt = (
        { method, name, path }: Operation,
        ids: { audience: string; group: string; rule: string; consumer: string; organization: string; apiKey: string }
      ) => {
        const body = bodies[name]!(ids.audience, ids.consumer)
        const url = path
          .replace(":audienceId", ids.audience)
          .replace(":groupId", ids.group)
          .replace(":ruleId", ids.rule)
          .replace(":organizationId", ids.organization)
          .replace(":apiKeyId", ids.apiKey)
          .replace(":consumerId", ids.consumer)
          .replace(":id", ids.consumer)
        return ask(`${basePath}${url}`, { key: stranger, ...(body === undefined ? { method } : json(body, method)) })
      }
      for (const operation of operations) {
        const nobodys = yield* attempt(operation, {
          audience: absent,
          group: absent,
          rule: absent,
          consumer: absent,
          organization: absent,
          apiKey: absent
        })
        for (const audience of [dynamic, list]) {
          const theirs = yield* attempt(operation, {
            audience: audience.id,
            group: groupId,
            rule: dynamic.rules[0].id,
            consumer: consumer.id,
            organization: organizationId,
            apiKey: apiKey.id
          })
          assert.deepStrictEqual(
            [operation.name, theirs.status, theirs.text],
            [operation.name, nobodys.status, nobodys.text]
          )
          assert.strictEqual(theirs.status, 404, operation.name)
          assert.notStrictEqual(theirs.json.error, "Not found", "the path is one of the contract")
        }
      }
      const untouched = yield* ask(`/api/audiences/${dynamic.id}`, { key: owner })
      assert.deepStrictEqual(
        [untouched.json.name, untouched.json.rules, untouched.json.archived],
        ["Theirs", dynamic.rules, false]
      )
    })
  )

  it.effect("sees another one's consumers neither in members nor in lists", () =>
    Effect.gen(function* () {
      const { key: owner } = yield* freshKey
      const { key: stranger } = yield* freshKey
      const [consumer] = (yield* ask("/api/consumers/batch", { key: owner, ...json({ consumers: [person] }) })).json
      const own = (yield* ask("/api/audiences", { key: stranger, ...json({ name: "Own", type: "STATIC_LIST" }) })).json
      const add = (id: string) =>
        ask(`/api/audiences/${own.id}/members`, { key: stranger, ...json({ consumerIds: [id] }) })
      const theirs = yield* add(consumer.id)
      const nobodys = yield* add(absent)
      assert.strictEqual(theirs.status, 400)
      assert.strictEqual(theirs.text.replaceAll(consumer.id, absent), nobodys.text)
      assert.deepStrictEqual((yield* ask("/api/consumers", { key: stranger })).json.data, [])
    })
  )

  it.effect("keeps its own email address, whoever else has it", () =>
    Effect.gen(function* () {
      for (const { key } of [yield* freshKey, yield* freshKey]) {
        const answer = yield* ask("/api/consumers/batch", { key, ...json({ consumers: [person] }) })
        assert.strictEqual(answer.status, 200)
      }
    })
  )
})
