import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { audience, audienceFull, audienceId, consumer, organizationId, page, rule } from "../examples.ts"
import { type Answers, fakeServer } from "../fakeServer.ts"
import { typed } from "../terminal.ts"

const otherOrganization = "01984a3e-0000-7000-8000-000000000002"
const copyId = "01984a3e-7c10-7a80-9d10-3c5f6d0c2f99"
const second = { ...consumer, id: "01984a3e-7c10-7a80-9d10-3c5f6d0c2f77", email: "bob@example.com" }
const press = { ...audience, name: "Press", type: "STATIC_LIST", rules: [], imports: [] }

/** A server with a DYNAMIC audience or a list, and two consumers. */
const source = (answers: Answers = {}) =>
  fakeServer({
    "GET /audiences": { body: page([audienceFull]) },
    "GET /audiences/:id/count": { body: { audienceId, count: 2 } },
    "GET /audiences/:id/members": { body: page([consumer, second]) },
    "GET /consumers": { body: page([consumer, second]) },
    ...answers
  })

const bodyOf = (body: string): { consumers: ReadonlyArray<object> } => JSON.parse(body)

/** A server that has nothing yet, and takes everything. */
const target = (answers: Answers = {}) =>
  fakeServer({
    "GET /audiences": { body: page([]) },
    "GET /consumers": { body: page([]) },
    "POST /audiences/preview": { body: { asOf: "2026-02-01T10:00:00Z", members: { count: 0, data: [] } } },
    "POST /audiences": ({ body }) => ({
      body: { ...audienceFull, ...JSON.parse(body), id: copyId, organizationId: otherOrganization, rules: [] }
    }),
    "POST /consumers/batch": ({ body }) => ({
      body: bodyOf(body).consumers.map((each) => ({ ...consumer, ...each, organizationId: otherOrganization }))
    }),
    "POST /audiences/:id/members": { body: { audienceId: copyId, addedCount: 2 } },
    "GET /audiences/:id/status": { body: { audienceId: copyId, version: 1, stale: false, inProgress: false } },
    "GET /audiences/:id/count": { body: { audienceId: copyId, count: 2 } },
    ...answers
  })

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

const migrating = (from: string, to: string, directory: string, ...flags: ReadonlyArray<string>) =>
  typed(
    ["migrate", "--from", from, "--key", "sk_live_there", "--checkpoint", `${directory}/checkpoint.json`, ...flags],
    {
      env: { AUDIENCES_URL: to }
    }
  )

const writes = (asked: ReadonlyArray<{ method: string; path: string }>) =>
  asked
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/preview"))
    .map(({ method, path }) => `${method} ${path}`)

const test = <E>(name: string, body: Effect.Effect<void, E, FileSystem.FileSystem | import("effect").Scope.Scope>) =>
  it.live(name, () => Effect.provide(body, NodeFileSystem.layer))

describe("audiences migrate", () => {
  test(
    "copies consumers, then audiences with their rules, and reports both sides",
    Effect.gen(function* () {
      const [there, here, directory] = [yield* source(), yield* target(), yield* folder]
      const { exitCode, stdout } = yield* migrating(there.url, here.url, directory)
      assert.strictEqual(exitCode, 0)
      const report = JSON.parse(stdout)
      assert.deepInclude(report.consumers, { read: 2, copied: 2, rejected: 0 })
      assert.deepStrictEqual(report.audiences, [
        {
          sourceId: audienceId,
          id: copyId,
          name: "VIPs",
          type: "DYNAMIC",
          action: "create",
          source: 2,
          here: 2,
          notes: []
        }
      ])
      assert.deepStrictEqual(writes(here.asked), ["POST /api/consumers/batch", "POST /api/audiences"])
      const [batch, created] = here.asked.filter(({ method, path }) => method === "POST" && !path.endsWith("/preview"))
      assert.deepStrictEqual(bodyOf(batch!.body).consumers[0], {
        email: "ada@example.com",
        fullName: "Ada Lovelace",
        emailVerified: true,
        phoneVerified: false,
        status: "ACTIVE",
        totalOrders: 3,
        ltv: "1234.5"
      })
      const { metadata, rules } = JSON.parse(created!.body)
      assert.deepStrictEqual(metadata, { migratedFrom: audienceId })
      const { field, groupId, operator, position, values } = rule
      assert.deepStrictEqual(rules, [{ field, groupId, operator, position, values }])
      assert.isTrue(there.asked.every(({ method }) => method === "GET"))
      assert.isTrue(there.asked.every(({ headers }) => headers.authorization === "Bearer sk_live_there"))
      assert.isTrue(here.asked.every(({ headers }) => headers.authorization === "Bearer sk_test_secret"))
    })
  )

  test(
    "copies the members of a list",
    Effect.gen(function* () {
      const there = yield* source({ "GET /audiences": { body: page([press]) } })
      const [here, directory] = [yield* target(), yield* folder]
      assert.strictEqual((yield* migrating(there.url, here.url, directory)).exitCode, 0)
      const added = here.asked.find(({ method, path }) => method === "POST" && path.endsWith("/members"))
      assert.strictEqual(added!.path, `/api/audiences/${copyId}/members`)
      assert.strictEqual(JSON.parse(added!.body).consumerIds.length, 2)
    })
  )

  test(
    "writes nothing in a dry run, and tells what this server would refuse",
    Effect.gen(function* () {
      const there = yield* source({ "GET /consumers": { body: page([consumer, { ...second, email: "no address" }]) } })
      const message = 'Unknown field "shoeSize"'
      const here = yield* target({
        "POST /audiences/preview": {
          status: 400,
          body: {
            error: "validation_error",
            issues: [{ kind: "validation", type: "rule_field", expected: "a field", received: "", message, path: [] }]
          }
        }
      })
      const { exitCode, stderr, stdout } = yield* migrating(there.url, here.url, yield* folder, "--dry-run")
      assert.strictEqual(exitCode, 1)
      assert.deepStrictEqual(writes(here.asked), [])
      const report = JSON.parse(stdout)
      assert.deepInclude(report.consumers, { read: 2, copied: 1, rejected: 1 })
      assert.strictEqual(report.consumers.rejections[0].sourceId, second.id)
      assert.deepInclude(report.audiences[0], { action: "refused", notes: [message] })
      assert.include(stderr, "1 consumers and 1 audiences were refused")
    })
  )

  test(
    "copies the others of a batch when this server refuses one",
    Effect.gen(function* () {
      const here = yield* target({
        "POST /consumers/batch": ({ body }) => {
          const index = bodyOf(body).consumers.findIndex((each) => "email" in each && each.email === second.email)
          return index < 0
            ? { body: bodyOf(body).consumers.map((each) => ({ ...consumer, ...each })) }
            : {
                status: 400,
                body: {
                  error: "validation_error",
                  issues: [
                    {
                      kind: "validation",
                      type: "conflict",
                      expected: "",
                      received: "",
                      message: "Email already exists",
                      path: ["consumers", index, "email"].map((key) => ({
                        type: "object",
                        origin: "value",
                        input: "Object",
                        key
                      }))
                    }
                  ]
                }
              }
        }
      })
      const { exitCode, stdout } = yield* migrating((yield* source()).url, here.url, yield* folder)
      assert.strictEqual(exitCode, 1)
      assert.deepInclude(JSON.parse(stdout).consumers, {
        copied: 1,
        rejected: 1,
        rejections: [{ sourceId: second.id, reason: "email: Email already exists" }]
      })
    })
  )

  test(
    "gives a consumer without any identifier one, so that a second run finds it",
    Effect.gen(function* () {
      const movedBefore = { ...second, email: null, primaryExternalId: "migrated:elsewhere" }
      const there = yield* source({ "GET /consumers": { body: page([{ ...consumer, email: null }, movedBefore]) } })
      const here = yield* target()
      const { stdout } = yield* migrating(there.url, here.url, yield* folder)
      assert.strictEqual(JSON.parse(stdout).consumers.withoutIdentifier, 1)
      const batch = here.asked.find(({ path }) => path.endsWith("/batch"))
      assert.deepInclude(bodyOf(batch!.body).consumers[0]!, { externalId: `migrated:${consumer.id}` })
    })
  )

  test(
    "knows its earlier copies again, and changes only what differs",
    Effect.gen(function* () {
      const copy = {
        ...audienceFull,
        id: copyId,
        organizationId: otherOrganization,
        metadata: { migratedFrom: audienceId }
      }
      const [there, directory] = [yield* source(), yield* folder]
      const same = yield* target({
        "GET /audiences": ({ query }) => ({ body: page(query.includes("archived") ? [] : [copy]) })
      })
      const again = yield* migrating(there.url, same.url, directory)
      assert.deepInclude(JSON.parse(again.stdout).audiences[0], { action: "keep", id: copyId })
      assert.deepStrictEqual(writes(same.asked), ["POST /api/consumers/batch"])
      const archived = yield* target({
        "GET /audiences": ({ query }) => ({
          body: page(query.includes("archived") ? [{ ...copy, archived: true }] : [])
        })
      })
      const left = yield* migrating(there.url, archived.url, directory)
      assert.deepInclude(JSON.parse(left.stdout).audiences[0], { action: "keep", notes: ["archived here: left so"] })
    })
  )

  test(
    "goes on after an interruption where it was",
    Effect.gen(function* () {
      const directory = yield* folder
      const late = { ...second, createdAt: "2026-03-01T00:00:00.000Z" }
      const many = Array.from({ length: 500 }, (_, i) => ({
        ...consumer,
        id: consumer.id.replace(/...$/, String(100 + i))
      }))
      let failing = true
      const there = yield* source({
        "GET /consumers": ({ query }) =>
          query.includes("first=1&") || query.endsWith("first=1")
            ? { body: page([consumer]) }
            : query.includes("after=")
              ? failing
                ? { status: 403, body: { error: "Organization is inactive" } }
                : { body: page([late]) }
              : { body: page(many, "next") }
      })
      const here = yield* target()
      const broken = yield* migrating(there.url, here.url, directory)
      assert.deepInclude(broken, { exitCode: 4, stdout: "" })
      failing = false
      const before = there.asked.length
      assert.strictEqual((yield* migrating(there.url, here.url, directory)).exitCode, 0)
      const resumed = there.asked
        .slice(before)
        .find(
          ({ path, query }) =>
            path === "/api/consumers" && !query.includes("first=1&") && query.includes("createdAfter")
        )
      assert.include(decodeURIComponent(resumed!.query), "createdAfter=2026-01-31T09:29:59.999Z")
      const fs = yield* FileSystem.FileSystem
      assert.isFalse(yield* fs.exists(`${directory}/checkpoint.json`))
    })
  )

  test(
    "does not go on with an interrupted migration of other organizations on the same servers",
    Effect.gen(function* () {
      const directory = yield* folder
      const here = yield* target({ "POST /audiences": { status: 403, body: { error: "Organization is inactive" } } })
      const there = yield* source()
      yield* migrating(there.url, here.url, directory)
      const before = here.asked.length
      for (const [fromKey, toKey] of [
        ["sk_live_there", "sk_live_elsewhere"],
        ["sk_live_other", "sk_test_secret"]
      ] as const) {
        const other = yield* typed(
          ["migrate", "--from", there.url, "--key", fromKey, "--checkpoint", `${directory}/checkpoint.json`],
          { env: { AUDIENCES_URL: here.url, AUDIENCES_SECRET_KEY: toKey } }
        )
        assert.deepInclude(other, { exitCode: 2, stdout: "" })
        assert.match(other.stderr, /was begun with other keys/)
      }
      assert.deepStrictEqual(writes(here.asked.slice(before)), [])
      const fs = yield* FileSystem.FileSystem
      assert.notInclude(yield* fs.readFileString(`${directory}/checkpoint.json`), "sk_live")
    })
  )

  test(
    "refuses a wrong key, no key, and the same organization on both sides",
    Effect.gen(function* () {
      const directory = yield* folder
      const here = yield* target()
      const closed = yield* fakeServer({
        "GET /audiences": { status: 401, body: { error: "Authentication required" } }
      })
      const wrong = yield* migrating(closed.url, here.url, directory)
      assert.strictEqual(wrong.exitCode, 4)
      assert.include(wrong.stderr, `${closed.url} does not accept the key to move with`)
      const none = yield* typed(["migrate", "--from", closed.url], { env: { AUDIENCES_URL: here.url } })
      assert.strictEqual(none.exitCode, 2)
      assert.include(none.stderr, "AUDIENCES_FROM_KEY")
      const itself = yield* source()
      const same = yield* migrating(itself.url, (yield* source()).url, directory)
      assert.strictEqual(same.exitCode, 2)
      assert.include(same.stderr, "the same organization")
      assert.strictEqual(organizationId, consumer.organizationId)
    })
  )
})
