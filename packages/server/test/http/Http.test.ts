import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ask, json } from "../Answer.ts"
import { away, crashing, garbling, key, known } from "../FakeEngine.ts"
import { FakeServer } from "../FakeServer.ts"

const unknown = "0190a000-0000-7000-8000-00000000ffff"
const issuesOf = (body: { issues: ReadonlyArray<{ message: string; path: ReadonlyArray<{ key: unknown }> }> }) =>
  body.issues.map((issue) => [issue.path.map((item) => item.key).join("."), issue.message])

layer(FakeServer)("the HTTP side", (it) => {
  it.effect("asks for a key, whatever is wrong besides", () =>
    Effect.gen(function* () {
      for (const authorization of [undefined, "", "Bearer", "Bearer nonsense", "Basic dXNlcjpwYXNz", key]) {
        const answer = yield* ask("/api/audiences/not-an-id", {
          ...json("{", "PUT"),
          headers: authorization === undefined ? {} : { authorization }
        })
        assert.deepStrictEqual([answer.status, answer.text], [401, '{"error":"Authentication required"}'])
        assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer")
      }
    })
  )

  it.effect("refuses a malformed path before it looks at the body, and alone", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/api/audiences/not-an-id", { key, ...json("{", "PUT") })
      assert.strictEqual(answer.status, 400)
      assert.deepStrictEqual(issuesOf(answer.json), [
        ["audienceId", 'Invalid value: Expected a UUID but received "not-an-id"']
      ])
    })
  )

  it.effect("calls an id of any length or alphabet malformed, never unknown", () =>
    Effect.gen(function* () {
      for (const id of ["a".repeat(2000), "%00", "%F0%9F%92%A9", "%zz", unknown.slice(1), `${unknown}0`]) {
        const answer = yield* ask(`/api/audiences/${id}`, { key })
        assert.deepStrictEqual([id, answer.status, answer.json?.error], [id, 400, "validation_error"])
      }
    })
  )

  it.effect("reports everything that is wrong with a body at once, each with its path", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/api/audiences", {
        key,
        ...json({ type: "GHOST", rules: [{ field: 1, values: "x" }], groupId: "g" })
      })
      assert.strictEqual(answer.status, 400)
      assert.sameMembers(
        issuesOf(answer.json).map(([path]) => path!),
        ["name", "type", "rules.0.field", "rules.0.operator", "rules.0.values", "groupId"]
      )
    })
  )

  it.effect("reports everything that is wrong with a query at once", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/api/audiences?first=0&sortBy=color&archived=perhaps&search=a", { key })
      assert.strictEqual(answer.status, 400)
      assert.sameMembers(
        issuesOf(answer.json).map(([path]) => path!),
        ["first", "sortBy", "archived", "search"]
      )
    })
  )

  it.effect("refuses what is no JSON, nothing at all, and JSON that is no object, with one clear issue each", () =>
    Effect.gen(function* () {
      for (const body of ['{"name":', "[]", "7", "null", '"text"', ""]) {
        const answer = yield* ask("/api/audiences", { key, ...json(body) })
        assert.deepStrictEqual(
          [body, answer.status, answer.json.issues.length, answer.json.issues[0].path],
          [body, 400, 1, []]
        )
      }
      const [issue] = (yield* ask("/api/audiences", { key, ...json('{"name":') })).json.issues
      assert.strictEqual(issue.message, "Request body is not valid JSON")
    })
  )

  it.effect("refuses a body that is not UTF-8, and one that nests too deeply, before anything recurses into it", () =>
    Effect.gen(function* () {
      const post = (body: BodyInit) =>
        ask("/api/audiences", { key, method: "POST", body, headers: { "content-type": "application/json" } })
      const latin1 = yield* post(Buffer.from('{"name":"Caf\u00e9","type":"DYNAMIC"}', "latin1"))
      assert.deepStrictEqual([latin1.status, latin1.json.issues[0].message], [400, "Request body is not valid UTF-8"])
      const deep = (levels: number) =>
        post(`{"name":"A [[[ \\" [[","type":"DYNAMIC","metadata":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`)
      assert.strictEqual((yield* deep(99)).status, 200)
      const refused = yield* deep(100)
      assert.deepStrictEqual(
        [refused.status, refused.json.issues[0].message],
        [400, "Request body is nested too deeply"]
      )
      assert.strictEqual((yield* deep(1_000_000)).status, 400)
      const marked = yield* post('\ufeff{"name":"A","type":"DYNAMIC"}')
      assert.strictEqual(marked.status, 200, "a byte order mark is no problem")
    })
  )

  it.effect("ignores unknown keys", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/api/audiences", {
        key,
        ...json({ name: "VIPs", type: "DYNAMIC", colour: "red", __proto__x: 1 })
      })
      assert.deepStrictEqual([answer.status, answer.json.name], [200, "VIPs"])
    })
  )

  it.effect("answers unknown paths and methods in the shape of errors", () =>
    Effect.gen(function* () {
      for (const path of ["/api", "/api/", "/api/nothing", "/API/audiences", "/nothing", "/uploads"]) {
        const answer = yield* ask(path, { key })
        assert.deepStrictEqual([path, answer.status, answer.text], [path, 404, '{"error":"Not found"}'])
      }
      const answer = yield* ask(`/api/audiences/${known}`, { key, method: "PATCH" })
      assert.deepStrictEqual([answer.status, answer.text], [405, '{"error":"Method not allowed"}'])
      assert.strictEqual(answer.headers.get("allow"), "GET, PUT, DELETE, HEAD")
    })
  )

  it.effect("gives browsers of other origins nothing", () =>
    Effect.gen(function* () {
      const origin = { origin: "https://elsewhere.example" }
      const preflight = yield* ask("/api/audiences", {
        method: "OPTIONS",
        headers: { ...origin, "access-control-request-method": "POST" }
      })
      const answer = yield* ask(`/api/audiences/${known}`, { key, headers: origin })
      assert.deepStrictEqual([preflight.status, answer.status], [405, 200])
      assert.isNull(
        preflight.headers.get("access-control-allow-origin") ?? answer.headers.get("access-control-allow-origin")
      )
    })
  )

  it.effect("takes JSON only", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/api/audiences", {
        key,
        method: "POST",
        body: "name=VIPs",
        headers: { "content-type": "text/plain" }
      })
      assert.deepStrictEqual(
        [answer.status, answer.json.error],
        [415, "Unsupported content-type, expected application/json"]
      )
    })
  )

  it.effect("refuses a body of more than 16 MiB", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/api/audiences", { key, ...json(`{"name":"${"x".repeat(16 * 1024 * 1024)}"}`) })
      assert.deepStrictEqual([answer.status, answer.text], [413, '{"error":"Request body too large"}'])
    })
  )

  it.effect("answers HEAD as GET without the body", () =>
    Effect.gen(function* () {
      const get = yield* ask(`/api/audiences/${known}`, { key })
      const head = yield* ask(`/api/audiences/${known}`, { key, method: "HEAD" })
      assert.deepStrictEqual([head.status, head.text], [200, ""])
      assert.strictEqual(head.headers.get("content-length"), get.headers.get("content-length"))
    })
  )

  it.effect("asks to come back when the database is away, which no request is to blame for", () =>
    Effect.gen(function* () {
      const answer = yield* ask(`/api/audiences/${away}`, { key })
      assert.deepStrictEqual([answer.status, answer.text], [503, '{"error":"Database is unavailable"}'])
      assert.strictEqual(answer.headers.get("retry-after"), "1")
    })
  )

  it.effect("hides what nobody foresaw behind the id of the request", () =>
    Effect.gen(function* () {
      for (const id of [crashing, garbling]) {
        const answer = yield* ask(`/api/audiences/${id}`, { key })
        assert.strictEqual(answer.status, 500)
        assert.deepStrictEqual(answer.json, {
          error: "Internal server error",
          requestId: answer.headers.get("x-request-id")
        })
      }
    })
  )

  it.effect("takes over a usable request id and replaces any other, on every kind of answer", () =>
    Effect.gen(function* () {
      for (const path of [
        "/api/audiences/x",
        `/api/audiences/${known}`,
        "/api/nothing",
        "/health/live",
        "/uploads/a/b",
        "/docs",
        "/%zz"
      ]) {
        const idFor = (given: string) =>
          Effect.map(ask(path, { key, headers: { "x-request-id": given } }), ({ headers }) =>
            headers.get("x-request-id")
          )
        assert.strictEqual(yield* idFor("order-7/retry:2"), "order-7/retry:2")
        assert.match((yield* idFor("two words"))!, /^[0-9a-f-]{36}$/)
        assert.match((yield* idFor("x".repeat(129)))!, /^[0-9a-f-]{36}$/)
      }
    })
  )

  it.effect("refuses an upload that has no permission, and one of a wrong kind, in the shape of errors", () =>
    Effect.gen(function* () {
      const put = (headers: Record<string, string>) =>
        ask("/uploads/a/b?expires=1", { method: "PUT", body: "email\na@b.c", headers })
      const forged = yield* put({ "content-type": "text/csv; charset=utf-8" })
      assert.deepStrictEqual([forged.status, forged.text], [403, '{"error":"Upload URL is not valid"}'])
      const form = yield* put({ "content-type": "multipart/form-data" })
      assert.deepStrictEqual(
        [form.status, form.text],
        [415, '{"error":"Unsupported content-type multipart/form-data, expected text/csv"}']
      )
      const zipped = yield* put({ "content-type": "text/csv", "content-encoding": "gzip" })
      assert.strictEqual(zipped.status, 415)
    })
  )

  it.effect("tells supervisors how it is, without a key", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* ask("/health/live")).json, { status: "live" })
      assert.deepStrictEqual((yield* ask("/health/ready")).json, { status: "ready" })
    })
  )

  it.effect("serves its documentation, which may call no other host", () =>
    Effect.gen(function* () {
      const root = yield* ask("/")
      assert.deepStrictEqual([root.status, root.headers.get("location")], [302, "/docs"])
      assert.strictEqual((yield* ask("/openapi.json")).json.openapi, "3.1.0")
      const docs = yield* ask("/docs")
      assert.strictEqual(docs.status, 200)
      assert.notMatch(docs.text, /<(script|link|img)[^>]+(src|href)=/)
      assert.include(docs.headers.get("content-security-policy"), "default-src 'self'")
    })
  )
})
