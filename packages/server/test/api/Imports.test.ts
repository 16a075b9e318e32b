import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

interface Started {
  readonly key: string
  readonly audienceId: string
  /** The path and query of the upload URL. */
  readonly upload: string
}

const startImport = Effect.fnUntraced(function* (query = "") {
  const { key } = yield* freshKey
  const audience = (yield* ask("/api/audiences", { key, ...json({ name: "Buyers", type: "STATIC_LIST" }) })).json
  const opened = (yield* ask(`/api/audiences/${audience.id}/import${query}`, { key, method: "POST" })).json
  assert.strictEqual(opened.status, "PENDING")
  const url = new URL(opened.uploadUrl)
  return { key, audienceId: audience.id, upload: url.pathname + url.search } satisfies Started
})

const put = (upload: string, body: BodyInit) =>
  ask(upload, { method: "PUT", body, headers: { "content-type": "text/csv" } })

const latest = ({ audienceId, key }: Started) =>
  Effect.map(ask(`/api/audiences/${audienceId}/import`, { key }), ({ json }) => json)

const finished = (started: Started) =>
  Effect.gen(function* () {
    for (;;) {
      const found = yield* latest(started)
      if (found.status === "COMPLETED" || found.status === "FAILED") return found
      yield* Effect.sleep("50 millis")
    }
  })

/** The import of a file, from its upload to its end. */
const importOf = (body: BodyInit, query = "") =>
  Effect.gen(function* () {
    const started = yield* startImport(query)
    const uploaded = yield* put(started.upload, body)
    assert.strictEqual(uploaded.status, 200, uploaded.text)
    return { started, outcome: yield* finished(started) }
  })

layer(TestServer, { excludeTestServices: true })("an import by HTTP", (it) => {
  it.effect("brings a file's people into the list", () =>
    Effect.gen(function* () {
      const { outcome, started } = yield* importOf(
        "email,fullName,ltv\nada@example.com,Ada Lovelace,10.50\ngrace@example.com,Grace Hopper,7\n"
      )
      assert.deepStrictEqual(
        [outcome.status, outcome.progress, outcome.totalConsumers, outcome.processedConsumers, outcome.errorCount],
        ["COMPLETED", 100, 2, 2, 0]
      )
      const members = (yield* ask(`/api/audiences/${started.audienceId}/members`, { key: started.key })).json
      assert.sameMembers(
        members.data.map((each: { email: string }) => each.email),
        ["ada@example.com", "grace@example.com"]
      )
      assert.strictEqual((yield* ask(`/api/audiences/${started.audienceId}/count`, { key: started.key })).json.count, 2)
    })
  )

  it.effect("skips bad rows and says which lines they are", () =>
    Effect.gen(function* () {
      const { outcome } = yield* importOf(
        "email,ltv\nada@example.com,1\nnot an address,1\n,2\ngrace@example.com,a lot\nalan@example.com,3\n"
      )
      assert.deepStrictEqual([outcome.status, outcome.processedConsumers, outcome.errorCount], ["COMPLETED", 5, 3])
      assert.deepStrictEqual(
        outcome.errors.map((error: { row: number }) => error.row),
        [3, 4, 5]
      )
    })
  )

  for (const [what, body] of [
    ["without a header", "ada@example.com,Ada\ngrace@example.com,Grace\n"],
    ["without an identifier", "fullName,ltv\nAda,1\n"],
    ["that is empty", ""],
    ["that is not UTF-8", new Uint8Array([...Buffer.from("email,fullName\nada@example.com,Ad"), 0xe9, 0xff, 0x0a])]
  ] as const) {
    it.effect(`refuses a file ${what}, saying why, and writes nothing`, () =>
      Effect.gen(function* () {
        const { outcome, started } = yield* importOf(body)
        assert.strictEqual(outcome.status, "FAILED")
        assert.isAbove(outcome.failureReason.length, 10)
        assert.deepStrictEqual((yield* ask("/api/consumers", { key: started.key })).json.data, [])
      })
    )
  }

  it.effect("takes an upload once, and only by the URL it gave", () =>
    Effect.gen(function* () {
      const { started } = yield* importOf("email\nada@example.com\n")
      const again = yield* put(started.upload, "email\neve@example.com\n")
      const forged = yield* put(started.upload.replace(/signature=../, "signature=00"), "email\neve@example.com\n")
      const prolonged = yield* put(
        started.upload.replace(/expires=(\d+)/, (_, at) => `expires=${Number(at) + 3600}`),
        "email\n"
      )
      const unsigned = yield* put(started.upload.replace(/\?.*/, ""), "email\n")
      for (const answer of [again, forged, prolonged, unsigned]) {
        assert.strictEqual(answer.status, 403)
        assert.deepStrictEqual(Object.keys(answer.json), ["error"])
      }
    })
  )

  it.effect("gives back the rows that it rejected, to be mended and uploaded again", () =>
    Effect.gen(function* () {
      const file = 'email;ltv;note\nada@example.com;1;"a;b"\ngrace@example.com;a lot;\'=1+1\n'
      const { outcome, started } = yield* importOf(file, "?spreadsheet=true")
      assert.isString(outcome.undoableUntil)
      const path = `/api/audiences/${started.audienceId}/imports`
      const report = yield* ask(`${path}/${outcome.id}/errors.csv`, { key: started.key })
      assert.deepStrictEqual(
        [report.status, report.headers.get("content-type"), report.headers.get("content-disposition")],
        [200, "text/csv; charset=utf-8", `attachment; filename="errors-${outcome.id}.csv"`]
      )
      assert.match(
        report.text,
        /^import_error;email;ltv;note\r\n"Line 3: ltv: .*";grace@example\.com;a lot;'=1\+1\r\n$/
      )
      const again = (yield* ask(`/api/audiences/${started.audienceId}/import?spreadsheet=true`, {
        key: started.key,
        method: "POST"
      })).json
      const url = new URL(again.uploadUrl)
      yield* put(url.pathname + url.search, report.text.replace(";a lot;", ";7;"))
      assert.deepStrictEqual([(yield* finished(started)).errors, again.id], [[], (yield* latest(started)).id])
      const grace = (yield* ask("/api/consumers?search=grace", { key: started.key })).json.data[0]
      assert.deepStrictEqual(grace.metadata, { note: "=1+1" })
      const { data } = (yield* ask(path, { key: started.key })).json
      assert.deepStrictEqual(
        data.map(({ id, errors }: Answer["json"]) => [id, errors]),
        [
          [again.id, undefined],
          [outcome.id, undefined]
        ]
      )
      assert.deepStrictEqual((yield* ask(`${path}/${outcome.id}`, { key: started.key })).json, outcome)
    })
  )

  it.effect("takes no file once it is cancelled, and cannot be cancelled once it has ended", () =>
    Effect.gen(function* () {
      const started = yield* startImport()
      const { id } = yield* latest(started)
      const path = `/api/audiences/${started.audienceId}/imports/${id}`
      const early = yield* ask(`${path}/errors.csv`, { key: started.key })
      assert.deepStrictEqual([early.status, early.json], [409, { error: "Import has not ended yet" }])
      const cancelled = yield* ask(`${path}/cancel`, { key: started.key, method: "POST" })
      assert.deepStrictEqual([cancelled.status, cancelled.json.status], [200, "FAILED"])
      assert.strictEqual((yield* put(started.upload, "email\nada@example.com\n")).status, 403)
      const { outcome, started: other } = yield* importOf("email\nada@example.com\n")
      const refused = yield* ask(`/api/audiences/${other.audienceId}/imports/${outcome.id}/cancel`, {
        key: other.key,
        method: "POST"
      })
      assert.deepStrictEqual([refused.status, refused.json], [409, { error: "Import has already ended" }])
    })
  )

  it.effect("is undone: list, consumers and rules that look at them are as before", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
        return yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
      })
      const rules = [{ field: "fullName", operator: "CONTAINS", values: ["Imported"] }]
      const { id: dynamic } = (yield* call("POST", "/audiences", { name: "Imported", type: "DYNAMIC", rules })).json
      const { id: list } = (yield* call("POST", "/audiences", { name: "Buyers", type: "STATIC_LIST" })).json
      const counted = (members: number) =>
        call("GET", `/audiences/${dynamic}/count`).pipe(
          Effect.delay("50 millis"),
          Effect.repeat({ until: (answer) => answer.json.count === members })
        )
      const person = {
        email: "ada@example.com",
        fullName: "Ada",
        emailVerified: false,
        phoneVerified: false,
        status: "ACTIVE"
      }
      const [{ id: ada }] = (yield* call("POST", "/consumers/batch", { consumers: [person] })).json
      const opened = (yield* call("POST", `/audiences/${list}/import`)).json
      const url = new URL(opened.uploadUrl)
      yield* put(
        url.pathname + url.search,
        "email,fullName\nada@example.com,Ada Imported\ngrace@example.com,Imported\n"
      )
      yield* finished({ key, audienceId: list, upload: "" })
      yield* counted(2)
      const grace = (yield* call("GET", "/consumers?search=grace")).json.data[0].id
      yield* call("PUT", `/consumers/${grace}`, { fullName: "Grace Imported" })
      const refused = yield* call("POST", `/audiences/${list}/imports/${opened.id}/undo`)
      assert.deepStrictEqual(
        [refused.status, refused.json],
        [
          409,
          {
            error: "Import cannot be undone: what was written since would be lost",
            conflicts: [{ consumerId: grace, reason: "CHANGED" }],
            conflictCount: 1
          }
        ]
      )
      yield* call("DELETE", `/consumers/${grace}`)
      const undone = yield* call("POST", `/audiences/${list}/imports/${opened.id}/undo`)
      assert.strictEqual(undone.status, 200, undone.text)
      assert.isNotNull(undone.json.undoneAt)
      yield* counted(0)
      assert.deepStrictEqual((yield* call("GET", `/audiences/${list}/members`)).json.data, [])
      assert.strictEqual((yield* call("GET", `/consumers/${ada}`)).json.fullName, "Ada")
      const again = yield* call("POST", `/audiences/${list}/imports/${opened.id}/undo`)
      assert.deepStrictEqual([again.status, again.json], [409, { error: "Import has already been undone" }])
    })
  )

  it.effect("is for lists only", () =>
    Effect.gen(function* () {
      const { key } = yield* freshKey
      const audience = (yield* ask("/api/audiences", { key, ...json({ name: "Rules", type: "DYNAMIC" }) })).json
      const answer = yield* ask(`/api/audiences/${audience.id}/import`, { key, method: "POST" })
      assert.deepStrictEqual([answer.status, answer.json.error], [400, "validation_error"])
      const none = yield* ask(`/api/audiences/${audience.id}/import`, { key })
      assert.strictEqual(none.status, 404)
    })
  )
})
