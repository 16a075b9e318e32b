import { AudiencesClient } from "@audiences/client/promise"
import { Api } from "@audiences/domain/api/Api"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import { HttpServer } from "effect/http"
import { HttpApi } from "effect/http-api"
import { NetAddress } from "effect/net"
import { SqlClient } from "effect/sql"
import { join } from "node:path"
import { inject } from "vitest"
import { type Answer, ask, json } from "../Answer.ts"
import { dataDirectory, start, untilReady } from "../Program.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"
const person = { emailVerified: false, phoneVerified: false, status: "ACTIVE" }

const posts: Array<string> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint }) => {
    if (endpoint.method === "POST") posts.push(endpoint.path)
  }
})

/** A POST with an idempotency key. */
const post = (path: string, key: string, idempotencyKey: string, body: unknown) =>
  ask(path, {
    key,
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey }
  })

const isReplay = ({ headers }: Answer) => headers.get("idempotent-replayed") === "true"

/** Our client, with the idempotency key of somebody who repeats himself. */
const clientOf = (apiKey: string, idempotencyKey: string) =>
  Effect.map(HttpServer.HttpServer, ({ address }) => {
    const fetchWithKey: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers)
      if (init?.method === "POST") headers.set("idempotency-key", idempotencyKey)
      return fetch(input, { ...init, headers })
    }
    return new AudiencesClient({
      apiKey,
      baseUrl: new URL("/api", NetAddress.formatUrlUnsafe(address)).href,
      fetch: fetchWithKey
    })
  })

const namesOf = (key: string) =>
  Effect.map(ask("/api/audiences?first=100", { key }), ({ json }) =>
    json.data.map(({ name }: { name: string }) => name)
  )

/** A list, somebody who is not in it, and how to put them in while the list is locked until it is let go. */
const lockedList = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { key, organizationId } = yield* freshKey
  const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })
  const { json: people } = yield* ask("/api/consumers/batch", { key, ...json({ consumers: [person] }) })
  const [locked, letGo] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
  const lock = yield* Effect.gen(function* () {
    yield* sql`SELECT 1 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${list.id}::uuid FOR UPDATE`
    yield* Deferred.succeed(locked, undefined)
    yield* Deferred.await(letGo)
  }).pipe(sql.withTransaction, Effect.orDie, Effect.forkScoped)
  yield* Deferred.await(locked)
  const path = `/api/audiences/${list.id}/members`
  const claimed = Effect.orDie(
    sql`SELECT 1 FROM idempotency_keys WHERE organization_id = ${organizationId}::uuid`
  ).pipe(Effect.repeat({ schedule: Schedule.spaced("10 millis"), until: (rows) => rows.length > 0 }))
  return {
    key,
    path,
    audienceId: list.id as string,
    body: { consumerIds: [people[0].id as string] },
    /** Until a request with an idempotency key has begun. */
    claimed,
    letGo: Effect.andThen(Deferred.succeed(letGo, undefined), Fiber.join(lock)),
    count: Effect.map(ask(`/api/audiences/${list.id}/count`, { key }), ({ json }) => json.count as number)
  }
})

layer(TestServer, { excludeTestServices: true })("an idempotency key", (it) => {
  it.effect("makes of a hundred simultaneous POSTs one effect and one answer", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const copy = post("/api/audiences", key, "copy", { name: "Once", type: "DYNAMIC" })
      const answers = yield* Effect.all(
        Array.from({ length: 100 }, () => copy),
        { concurrency: "unbounded" }
      )
      const done = answers.filter((answer) => answer.status === 200 && !isReplay(answer))
      assert.strictEqual(done.length, 1)
      for (const answer of answers) {
        if (answer.status === 200) assert.strictEqual(answer.text, done[0]!.text)
        else assert.deepStrictEqual([answer.status, answer.headers.get("retry-after")], [409, "1"])
      }
      const last = yield* copy
      assert.isTrue(isReplay(last))
      assert.strictEqual(last.text, done[0]!.text)
      assert.strictEqual(last.headers.get("content-type"), done[0]!.headers.get("content-type"))
      assert.notStrictEqual(last.headers.get("x-request-id"), done[0]!.headers.get("x-request-id"))
      assert.deepStrictEqual(yield* namesOf(key), ["Once"])
    })
  )

  it.effect("gives the one answer to each of a hundred callers of our client", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const client = yield* clientOf(key, "copy")
      const made = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: 100 }, () => client.audiences.create({ name: "Once", type: "STATIC_LIST" })))
      )
      assert.strictEqual(new Set(made.map(({ id }) => id)).size, 1)
      assert.deepStrictEqual(yield* namesOf(key), ["Once"])
    })
  )

  it.effect("stands for one body and one query, and says so without asking anybody to come back", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const first = yield* post("/api/audiences", key, "k", { name: "A", type: "STATIC_LIST" })
      const refused = [
        yield* post("/api/audiences", key, "k", { name: "B", type: "STATIC_LIST" }),
        yield* post("/api/audiences", key, "k", { type: "STATIC_LIST", name: "A" })
      ]
      const imports = `/api/audiences/${first.json.id}/import`
      yield* post(`${imports}?dryRun=true`, key, "i", "")
      refused.push(yield* post(imports, key, "i", ""))
      for (const { headers, json, status } of refused) {
        assert.deepStrictEqual(
          [status, json],
          [409, { error: "This Idempotency-Key was used with another body: use a new key" }]
        )
        assert.isFalse(headers.has("retry-after"))
      }
      assert.deepStrictEqual(yield* namesOf(key), ["A"])
    })
  )

  it.effect("means something else under another path and to another organization", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* freshKey, yield* freshKey]
      const body = { name: "A", type: "STATIC_LIST" }
      const mine = yield* post("/api/audiences", one.key, "k", body)
      const theirs = yield* post("/api/audiences", other.key, "k", body)
      assert.deepStrictEqual([theirs.status, isReplay(theirs)], [200, false])
      assert.notStrictEqual(theirs.json.id, mine.json.id)
      const elsewhere = yield* post("/api/consumers/batch", one.key, "k", { consumers: [person] })
      assert.deepStrictEqual([elsewhere.status, isReplay(elsewhere)], [200, false])
    })
  )

  it.effect("keeps refusals that stay, and no others", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "L", type: "STATIC_LIST" }) })
      yield* ask(`/api/audiences/${list.id}`, { key, method: "DELETE" })
      const members = { consumerIds: [absent] }
      const cases = [
        ["/api/audiences", "{", 400, true],
        ["/api/audiences", { name: "", type: "STATIC_LIST" }, 400, true],
        [`/api/audiences/${absent}/members`, members, 404, true],
        [`/api/audiences/${list.id}/members`, members, 409, true],
        ["/api/consumers/batch", `"${"x".repeat(17 * 1024 * 1024)}"`, 413, false]
      ] as const
      for (const [i, [path, body, status, kept]] of cases.entries()) {
        const first = yield* post(path, key, `k${i}`, body)
        const again = yield* post(path, key, `k${i}`, body)
        assert.deepStrictEqual(
          [path, first.status, isReplay(first), again.status, isReplay(again), again.text],
          [path, status, false, status, kept, first.text]
        )
      }
      const unauthorized = yield* post("/api/audiences", "sk_live_no", "k", { name: "A", type: "DYNAMIC" })
      assert.strictEqual(unauthorized.status, 401)
      assert.strictEqual((yield* post("/api/audiences", key, "k", { name: "A", type: "DYNAMIC" })).status, 200)
    })
  )

  it.effect("is a header of 1 to 255 characters, of POSTs that write", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const body = { name: "A", type: "DYNAMIC" }
      for (const bad of ["", "x".repeat(256)]) {
        const { json, status } = yield* post("/api/audiences", key, bad, body)
        assert.strictEqual(status, 400)
        assert.deepInclude(json.issues[0], { message: "The header Idempotency-Key must have 1 to 255 characters" })
        assert.strictEqual(json.issues[0].path[0].key, "Idempotency-Key")
      }
      assert.strictEqual((yield* post("/api/audiences", key, "x".repeat(255), body)).status, 200)
      const headers = { "idempotency-key": "x".repeat(256) }
      assert.strictEqual((yield* ask("/api/audiences", { key, headers })).status, 200)
      const ignoring: Array<string> = []
      for (const path of posts) {
        const { text } = yield* post(`/api${path.replaceAll(/:[^/]+/g, absent)}`, key, "x".repeat(256), "{")
        if (!text.includes("The header Idempotency-Key")) ignoring.push(path)
      }
      assert.sameMembers(ignoring, ["/audiences/:audienceId/members/check", "/audiences/preview"])
    })
  )

  it.effect("lets nobody but its caller see the answer: neither in the database nor with another key", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { key, organizationId } = yield* freshKey
      const made = yield* post("/api/api-keys", key, "k", { name: "New" })
      assert.strictEqual(made.status, 200)
      const again = yield* post("/api/api-keys", key, "k", { name: "New" })
      assert.strictEqual(again.json.secretKey, made.json.secretKey)
      const rows = yield* sql<{ answer: Uint8Array }>`
        SELECT answer FROM idempotency_keys WHERE organization_id = ${organizationId}::uuid`
      assert.lengthOf(rows, 1)
      assert.notInclude(Buffer.from(rows[0]!.answer).toString("latin1"), made.json.secretKey)
      const other = yield* post("/api/api-keys", made.json.secretKey, "k", { name: "New" })
      assert.deepStrictEqual(
        [other.status, other.text],
        [409, '{"error":"This Idempotency-Key was used with another API key: use a new key"}']
      )
    })
  )

  it.effect("is finished with when its caller has gone away", () =>
    Effect.gen(function* () {
      const { body, claimed, count, key, letGo, path } = yield* lockedList
      const { address } = yield* HttpServer.HttpServer
      const gone = new AbortController()
      void fetch(new URL(path, NetAddress.formatUrlUnsafe(address)), {
        ...json(body),
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": "k" },
        signal: gone.signal
      }).catch(() => {})
      yield* claimed
      gone.abort()
      const inFlight = yield* post(path, key, "k", body)
      assert.deepStrictEqual([inFlight.status, inFlight.headers.get("retry-after")], [409, "1"])
      yield* letGo
      const answer = yield* post(path, key, "k", body).pipe(
        Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: ({ status }) => status !== 409 })
      )
      assert.deepStrictEqual([answer.status, isReplay(answer), answer.json.addedCount], [200, true, 1])
      assert.strictEqual(yield* count, 1)
    })
  )

  it.effect(
    "is free again within seconds when the process that was at it is killed",
    () =>
      Effect.gen(function* () {
        const { audienceId, body, claimed, count, key, letGo, path } = yield* lockedList
        const folder = yield* dataDirectory
        const doomed = yield* start(folder, {
          AUDIENCES_ROLE: "api",
          AUDIENCES_UPLOADS: join(folder, "uploads"),
          AUDIENCES_DATABASE_URL: inject("postgresUrl")
        })
        const origin = yield* untilReady(doomed)
        const { headers, ...rest } = json(body)
        void fetch(new URL(path, origin), {
          ...rest,
          headers: { ...headers, authorization: `Bearer ${key}`, "idempotency-key": "k" }
        }).catch(() => {})
        yield* claimed
        doomed.process.kill("SIGKILL")
        yield* Effect.promise(() => doomed.ended)
        yield* letGo
        assert.strictEqual((yield* post(path, key, "k", body)).status, 409)
        const client = yield* clientOf(key, "k")
        const added = yield* Effect.promise(() => client.members.add(audienceId, body.consumerIds))
        assert.strictEqual(added.addedCount, 1)
        assert.isTrue(isReplay(yield* post(path, key, "k", body)))
        assert.strictEqual(yield* count, 1)
      }),
    40_000
  )
})
