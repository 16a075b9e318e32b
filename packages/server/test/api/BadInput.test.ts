import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { ask, json as plain } from "../Answer.ts"
import { freshKey, klaviyoKey, TestServer } from "../TestServer.ts"

const person = { email: "ada@example.com", emailVerified: false, phoneVerified: false, status: "ACTIVE" }

/** Stands for lists in lists, deeper than programs that recurse can follow, this one included. */
const deep = "@deep@"
/** Stands for a number that JSON can write and JavaScript cannot hold. */
const vast = "@vast@"
const json = (body: unknown, method?: string) =>
  plain(
    JSON.stringify(body)
      .replaceAll(`"${deep}"`, `${"[".repeat(10_000)}${"]".repeat(10_000)}`)
      .replaceAll(`"${vast}"`, "1e400"),
    method
  )

/** What has broken one service or another. */
const nasty: ReadonlyArray<unknown> = [
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "\udc00x",
  "\uffff",
  "💩",
  "İı\u0307",
  "%",
  "_",
  "\\",
  "'; DROP TABLE consumers; --",
  "null",
  "NaN",
  "Infinity",
  "-0",
  "1e400",
  "9".repeat(400),
  "0.123456789",
  "x".repeat(10_000),
  // No compression makes it fit into an index.
  createHash("shake256", { outputLength: 5_000 }).digest("hex"),
  [],
  [[]],
  {},
  { a: {} },
  { "\0": 1 },
  { "\ud800": 1 },
  { __proto__x: 1 },
  { constructor: 1, toString: 2, "": 3 },
  [[[[[[[[1]]]]]]]],
  deep,
  { a: deep },
  vast,
  { a: vast },
  "0000-00-00",
  "0001-01-01T00:00:00+23:59",
  "9999-12-31T23:59:59.999-23:59",
  "2026-02-30",
  "P1Y",
  "-P30D",
  "P99999999999999D",
  "PT0.0000001S",
  "2026-01-01T00:00:00.123456789012Z"
]

const fieldsOf = {
  audience: [
    "name",
    "type",
    "description",
    "groupId",
    "groupName",
    "groupType",
    "iconName",
    "lastRefreshedAt",
    "metadata",
    "refreshIntervalSeconds",
    "rules",
    "primarySyncSource"
  ],
  consumer: [
    "email",
    "emailVerified",
    "phone",
    "externalId",
    "fullName",
    "status",
    "smsOptOut",
    "activityScore",
    "totalOrders",
    "monetaryRank",
    "ltv",
    "aov",
    "lastOrderAt",
    "lastGeoCoordinates",
    "metadata",
    "verificationCode"
  ],
  rule: ["audienceId", "field", "operator", "values", "groupId", "position"]
}

layer(TestServer, { excludeTestServices: true })("bad input", (it) => {
  const unharmed = (what: unknown, answer: { status: number; text: string }) =>
    assert.isBelow(answer.status, 500, `${JSON.stringify(what).slice(0, 200)} → ${answer.text.slice(0, 500)}`)

  it.effect(
    "never makes the server fail, whatever stands in any field of an audience",
    () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        const { id } = (yield* ask("/api/audiences", { key, ...json({ name: "Target", type: "DYNAMIC" }) })).json
        for (const field of fieldsOf.audience) {
          for (const value of nasty) {
            const created = yield* ask("/api/audiences", {
              key,
              ...json({ name: "A", type: "DYNAMIC", [field]: value })
            })
            unharmed({ [field]: value }, created)
            unharmed(
              { [field]: value },
              yield* ask(`/api/audiences/${id}`, { key, ...json({ [field]: value }, "PUT") })
            )
            if (created.status === 200)
              unharmed({ [field]: value }, yield* ask(`/api/audiences/${created.json.id}`, { key }))
          }
        }
      }),
    60_000
  )

  it.effect(
    "never makes the server fail, whatever stands in any field of a consumer",
    () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        const { id } = (yield* ask("/api/consumers/batch", { key, ...json({ consumers: [person] }) })).json[0]
        for (const field of fieldsOf.consumer) {
          for (const value of nasty) {
            unharmed(
              { [field]: value },
              yield* ask("/api/consumers/batch", { key, ...json({ consumers: [{ ...person, [field]: value }] }) })
            )
            unharmed(
              { [field]: value },
              yield* ask(`/api/consumers/${id}`, { key, ...json({ [field]: value }, "PUT") })
            )
          }
        }
        unharmed("list", yield* ask("/api/consumers?first=100", { key }))
      }),
    60_000
  )

  it.effect(
    "never makes the server fail, whatever stands in any field of a rule",
    () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        const { id } = (yield* ask("/api/audiences", { key, ...json({ name: "Target", type: "DYNAMIC" }) })).json
        const usual = { audienceId: id, field: "email", operator: "EQUALS", values: ["ada@example.com"] }
        for (const field of fieldsOf.rule) {
          for (const value of nasty) {
            unharmed(
              { [field]: value },
              yield* ask(`/api/audiences/${id}/rules`, { key, ...json({ ...usual, [field]: value }) })
            )
          }
        }
        for (const field of ["email", "ltv", "lastOrderAt", "emailVerified", "metadata.a", "totalOrders"]) {
          for (const operator of ["EQUALS", "IN", "CONTAINS", "GREATER_THAN", "EXISTS"]) {
            for (const value of nasty) {
              unharmed(
                [field, operator, value],
                yield* ask(`/api/audiences/${id}/rules`, {
                  key,
                  ...json({ rules: [{ ...usual, field, operator, values: [value] }] }, "PUT")
                })
              )
            }
          }
        }
      }),
    60_000
  )

  it.effect(
    "never makes the server fail, whatever stands in an account at a vendor",
    () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        for (const value of nasty) {
          const text = typeof value === "string" ? value : "a"
          for (const body of [
            { credentials: value },
            { credentials: { apiKey: value } },
            { credentials: { apiKey: klaviyoKey, [text]: "x" } },
            { credentials: { apiKey: klaviyoKey }, properties: value },
            { credentials: { apiKey: klaviyoKey }, properties: { plan: value } },
            { credentials: { apiKey: klaviyoKey }, properties: { [text]: "plan" } }
          ]) {
            unharmed(body, yield* ask("/api/settings/integrations/klaviyo", { key, ...json(body, "PUT") }))
          }
        }
        unharmed("list", yield* ask("/api/settings/integrations", { key }))
        unharmed("lists", yield* ask("/api/settings/integrations/klaviyo/lists", { key }))
      }),
    60_000
  )

  it.effect(
    "never makes the server fail, whatever stands in a query",
    () =>
      Effect.gen(function* () {
        const { key } = yield* freshKey
        const texts = nasty.filter(
          (value) => typeof value === "string" && value.length < 1000 && value.isWellFormed()
        ) as Array<string>
        for (const list of ["audiences", "consumers"]) {
          for (const name of [
            "first",
            "last",
            "after",
            "before",
            "sortBy",
            "sortDir",
            "search",
            "type",
            "archived",
            "groupId",
            "audienceId",
            "createdAfter"
          ]) {
            for (const text of texts) {
              unharmed([list, name, text], yield* ask(`/api/${list}?${name}=${encodeURIComponent(text)}`, { key }))
            }
          }
          for (const query of [
            "first=1&first=2",
            "first[]=1",
            "=",
            "&&&",
            "first=1&last=1",
            "after=%ff%fe",
            "search=%C0%80"
          ]) {
            unharmed([list, query], yield* ask(`/api/${list}?${query}`, { key }))
          }
        }
      }),
    60_000
  )

  it.effect("tells ten thousand problems when very much is wrong, and refuses a body that could have more", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { id } = (yield* ask("/api/audiences", { key, ...json({ name: "Target", type: "STATIC_LIST" }) })).json
      const wrong = yield* ask(`/api/audiences/${id}/members`, { key, ...json({ consumerIds: Array(50_000).fill(1) }) })
      const unknown = yield* ask(`/api/audiences/${id}/members`, {
        key,
        ...json({ consumerIds: Array(50_000).fill(id) })
      })
      for (const { json, status } of [wrong, unknown]) {
        assert.deepStrictEqual([status, json.issues.length], [400, 10_001])
        assert.strictEqual(json.issues.at(-1).message, "40000 more problems are not listed")
      }
      const many = yield* ask("/api/consumers/batch", { key, ...json({ consumers: Array(2_000_000).fill(1) }) })
      assert.strictEqual(many.json.issues[0].message, "Request body holds too many values")
    })
  )

  it.effect("pages through names of the greatest length", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const names = ["a", "b", "c"].map((first) => first + "\u0001".repeat(9_999))
      const consumers = names.map((fullName, i) => ({ ...person, email: `${i}@example.com`, fullName }))
      yield* ask("/api/consumers/batch", { key, ...json({ consumers }) })
      const list = "/api/consumers?sortBy=fullName&sortDir=asc&first=2"
      const { pageInfo } = (yield* ask(list, { key })).json
      const next = yield* ask(`${list}&after=${pageInfo.endCursor}`, { key })
      assert.strictEqual(next.json.data[0].fullName, names[2])
    })
  )

  it.effect("refuses the whole batch for one bad consumer, naming it by its place, and writes none", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const consumers = [
        person,
        { ...person, email: "grace@example.com", phone: "12" },
        { ...person, email: 5, status: "GONE" }
      ]
      const answer = yield* ask("/api/consumers/batch", { key, ...json({ consumers }) })
      assert.strictEqual(answer.status, 400)
      assert.sameMembers(
        answer.json.issues.map((issue: { path: Array<{ key: unknown }> }) =>
          issue.path.map((item) => item.key).join(".")
        ),
        ["consumers.1.phone", "consumers.2.email", "consumers.2.status"]
      )
      assert.deepStrictEqual((yield* ask("/api/consumers", { key })).json.data, [])
    })
  )

  it.effect("refuses a cursor of another list, a forged one, and both directions at once", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      for (const name of ["A", "B"]) yield* ask("/api/audiences", { key, ...json({ name, type: "DYNAMIC" }) })
      const { pageInfo } = (yield* ask("/api/audiences?sortBy=name&sortDir=asc&first=1", { key })).json
      const cursor = encodeURIComponent(pageInfo.endCursor)
      for (const query of [
        `sortBy=createdAt&after=${cursor}`,
        `sortBy=name&sortDir=asc&archived=true&after=${cursor}`,
        "after=forged",
        "first=1&last=1",
        "first=101",
        "first=1.5"
      ]) {
        const answer = yield* ask(`/api/audiences?${query}`, { key })
        assert.deepStrictEqual([query, answer.status, answer.json.error], [query, 400, "validation_error"])
      }
      assert.strictEqual((yield* ask(`/api/consumers?after=${cursor}`, { key })).status, 400)
      assert.strictEqual(
        (yield* ask(`/api/audiences?sortBy=name&sortDir=asc&first=1&after=${cursor}`, { key })).json.data[0].name,
        "B"
      )
    })
  )
})
