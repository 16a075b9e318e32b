import { assert, describe, it } from "@effect/vitest"
import { HttpApi } from "effect/http-api"
import { Readable } from "node:stream"
import { expectTypeOf } from "vitest"
import { Api } from "@audiences/domain/api/Api"
import type { AudiencesClient } from "@audiences/client/promise"
import { audienceFull, audienceId, consumerFull, consumerId, page } from "./examples.ts"
import { clientOf as answering, failure, type WebTurn } from "./promise/webHost.ts"

const clientOf = (...turns: ReadonlyArray<WebTurn>) => answering(turns, { retry: { retries: 1 } })

describe("The Promise client", () => {
  it("speaks every operation of the contract, by its method and path", async () => {
    const declared: Record<string, string> = {}
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint, group }) => {
        declared[`${group.identifier}.${endpoint.identifier}`] =
          `${endpoint.method} /api${endpoint.path.replace(/:\w+/g, "x")}`
      }
    })
    const spoken: Record<string, string> = {}
    for (const name of Object.keys(declared)) {
      const { asked, client } = clientOf(Response.json({}))
      const [group, operation] = name.split(".") as [keyof AudiencesClient, string]
      const call = async (...args: ReadonlyArray<unknown>) =>
        (client[group] as unknown as Record<string, (...args: ReadonlyArray<unknown>) => unknown>)[operation]!(...args)
      // Ids first; those that take a list refuse a text in its place.
      await call("x", "x", {}).catch(() => call("x", []))
      spoken[name] = `${asked[0]?.method} ${new URL(asked[0]?.url ?? "http://none.test").pathname}`
    }
    assert.deepStrictEqual(spoken, declared)
  })

  it("takes and gives values as they travel, unknown fields included", async () => {
    const { asked, client } = clientOf(Response.json({ ...audienceFull, newerField: 1 }))
    const created = await client.audiences.create({
      name: "VIPs",
      type: "DYNAMIC",
      rules: [{ field: "ltv", operator: "EXISTS", values: [] }]
    })
    assert.deepStrictEqual(created, { ...audienceFull, newerField: 1 } as typeof created)
    assert.strictEqual(created.createdAt, "2026-01-31T09:30:00.000Z")
    assert.deepStrictEqual(JSON.parse(asked[0]!.body), {
      name: "VIPs",
      type: "DYNAMIC",
      rules: [{ field: "ltv", operator: "EXISTS", values: [] }]
    })
    assert.strictEqual(asked[0]!.headers.get("authorization"), "Bearer sk_test_secret")
    assert.strictEqual(asked[0]!.headers.get("content-type"), "application/json")
    assert.isString(asked[0]!.headers.get("idempotency-key"))
  })

  it("gives one page when a list is awaited", async () => {
    const { asked, client } = clientOf(Response.json(page([audienceFull], "next")))
    const { data, pageInfo } = await client.audiences.list({ first: 1, archived: false, type: "DYNAMIC" })
    assert.strictEqual(data[0]!.name, "VIPs")
    assert.strictEqual(pageInfo.endCursor, "next")
    assert.strictEqual(new URL(asked[0]!.url).search, "?first=1&archived=false&type=DYNAMIC")
  })

  it("gives every item when a list is iterated, forwards and backwards", async () => {
    const forwards = clientOf(
      Response.json(page([consumerFull, consumerFull], "a b")),
      Response.json(page([consumerFull], null))
    )
    let count = 0
    for await (const consumer of forwards.client.members.list(audienceId, { first: 2 })) {
      assert.strictEqual(consumer.id, consumerId)
      count++
    }
    assert.strictEqual(count, 3)
    assert.deepStrictEqual(
      forwards.asked.map(({ url }) => new URL(url).search),
      ["?first=2", "?first=2&after=a+b"]
    )

    const end = { data: [consumerFull], pageInfo: { startCursor: "s", endCursor: null } }
    const backwards = clientOf(Response.json(end), Response.json(page([consumerFull], null)))
    for await (const _ of backwards.client.consumers.list({ last: 1 })) count++
    assert.strictEqual(count, 5)
    assert.deepStrictEqual(
      backwards.asked.map(({ url }) => new URL(url).search),
      ["?last=1", "?last=1&before=s"]
    )
  })

  it("gives items as an array, reading no more pages than that takes", async () => {
    const pages = [
      Response.json(page([consumerFull, consumerFull], "a")),
      Response.json(page([consumerFull, consumerFull], "b")),
      Response.json(page([consumerFull], null))
    ]
    const all = clientOf(...pages)
    assert.lengthOf(await all.client.consumers.list().toArray(100), 5)
    const some = clientOf(...pages)
    assert.lengthOf(await some.client.consumers.list().toArray(3), 3)
    assert.lengthOf(await some.client.consumers.list().toArray(0), 0)
    assert.lengthOf(some.asked, 2)
  })

  it("throws one class of error, with what the server said", async () => {
    const missing = await failure(
      clientOf(
        Response.json({ error: "Audience not found" }, { status: 404, headers: { "x-request-id": "r-1" } })
      ).client.audiences.get(audienceId)
    )
    assert.deepInclude(
      { ...missing, message: missing.message },
      { status: 404, error: "Audience not found", requestId: "r-1", message: "Audience not found" }
    )

    const issue = {
      kind: "schema",
      type: "object",
      expected: '"name"',
      received: "undefined",
      message: "Invalid key",
      path: []
    }
    const invalid = await failure(
      clientOf(Response.json({ error: "validation_error", issues: [issue] }, { status: 400 })).client.audiences.update(
        audienceId,
        {}
      )
    )
    assert.deepStrictEqual(invalid.issues, [issue])
    assert.strictEqual(invalid.message, "validation_error: Invalid key")

    const broken = await failure(
      clientOf(
        Response.json({ error: "Internal server error", requestId: "r-2" }, { status: 500 })
      ).client.audiences.count(audienceId)
    )
    assert.deepInclude({ ...broken }, { status: 500, requestId: "r-2" })

    const proxied = await failure(
      clientOf(new Response("<html>Bad gateway", { status: 502 })).client.audiences.count(audienceId)
    )
    assert.deepInclude({ ...proxied }, { status: 502, error: "The server answered with status 502" })

    const html = await failure(clientOf(new Response("<html>Welcome")).client.audiences.count(audienceId))
    assert.deepInclude({ ...html }, { status: 200, error: "The server's answer is not JSON" })

    const unreachable = await failure(
      clientOf(
        new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:1") })
      ).client.audiences.create({ name: "x", type: "DYNAMIC" })
    )
    assert.strictEqual(unreachable.status, 0)
    assert.match(unreachable.message, /^No answer from http:\/\/host\.test\/api\/audiences: connect ECONNREFUSED/)
  })

  it("tries again what may be repeated", async () => {
    const { asked, client } = clientOf(Response.json({}, { status: 503 }), Response.json({ audienceId, count: 3 }))
    assert.strictEqual((await client.audiences.count(audienceId)).count, 3)
    assert.lengthOf(asked, 2)
  })

  it("refuses an id that would address something else", async () => {
    const { asked, client } = clientOf(Response.json({}))
    assert.throws(() => client.audiences.archive(""), TypeError)
    await client.audiences.get("../consumers?x#y")
    assert.strictEqual(asked[0]!.url, "http://host.test/api/audiences/..%2Fconsumers%3Fx%23y")
  })

  it("uploads a file without the key, and says why it was refused", async () => {
    const { asked, client } = clientOf(new Response(null, { status: 200 }))
    await client.imports.send("http://storage.test/upload?signature=s", "email\nada@example.com\n")
    await client.imports.send("http://storage.test/upload?signature=s", new Blob(["email\n"]))
    await client.imports.send(
      "http://storage.test/upload?signature=s",
      Readable.from([Buffer.from("em"), Buffer.from("ail\n")])
    )
    assert.deepStrictEqual(
      asked.map(({ body, headers, method }) => [
        method,
        body,
        headers.get("content-type"),
        headers.get("authorization")
      ]),
      [
        ["PUT", "email\nada@example.com\n", "text/csv", null],
        ["PUT", "email\n", "text/csv", null],
        ["PUT", "email\n", "text/csv", null]
      ]
    )
    const refused = await failure(
      clientOf(Response.json({ error: "Upload URL has expired" }, { status: 403 })).client.imports.send(
        "http://storage.test/u",
        "email"
      )
    )
    assert.deepInclude({ ...refused }, { status: 403, error: "Upload URL has expired" })
    const foreign = await failure(
      clientOf(new Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", { status: 403 })).client.imports.send(
        "http://storage.test/u",
        "email"
      )
    )
    assert.deepInclude({ ...foreign }, { status: 403 })
  })

  it("is typed by the contract, without types of Effect", () => {
    const { client } = clientOf(Response.json({}))
    type Created = Awaited<ReturnType<typeof client.audiences.create>>
    expectTypeOf<Created["id"]>().toEqualTypeOf<string>()
    expectTypeOf<Created["createdAt"]>().toEqualTypeOf<string>()
    expectTypeOf<Created["rules"][number]["values"][number]>().toEqualTypeOf<string | number | boolean | null>()
    expectTypeOf(client.consumers.list)
      .parameter(0)
      .exclude<undefined>()
      .toHaveProperty("first")
      .toEqualTypeOf<number | undefined>()
    expectTypeOf(client.consumers.list)
      .parameter(0)
      .exclude<undefined>()
      .toHaveProperty("createdAfter")
      .toEqualTypeOf<string | undefined>()
    expectTypeOf<Created["type"]>().toEqualTypeOf<"DYNAMIC" | "STATIC_LIST" | "SYNCED_LIST" | (string & {})>()
    // @ts-expect-error -- there is no such type of audience
    const create = () => client.audiences.create({ name: "x", type: "STATIC" })
    assert.isFunction(create)
    type Activity = Awaited<ReturnType<typeof client.history.timeline>>["activities"][number]
    expectTypeOf<Extract<Activity, { readonly type: "AUCTION" }>>().toHaveProperty("bidCount")
  })
})
