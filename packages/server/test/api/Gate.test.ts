import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"
const defaults = { emailVerified: false, phoneVerified: false, status: "ACTIVE" }

/** A list with everybody in it but the last, of an organization of its own. */
const setting = (people: ReadonlyArray<object>) =>
  Effect.gen(function* () {
    const { key } = yield* freshKey
    const { json: consumers } = yield* ask("/api/consumers/batch", {
      key,
      ...json({ consumers: people.map((person) => ({ ...defaults, ...person })) })
    })
    const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })
    const ids: ReadonlyArray<string> = consumers.map(({ id }: { id: string }) => id)
    const members = `/api/audiences/${list.id}/members`
    yield* ask(members, { key, ...json({ consumerIds: ids.slice(0, -1) }) })
    return { key, ids, members, audienceId: list.id as string }
  })

layer(TestServer, { excludeTestServices: true })("the gate's operations", (it) => {
  it.effect("answer 200 of everybody who is known, in or out", () =>
    Effect.gen(function* () {
      const { ids, key, members } = yield* setting([{ email: "ada@example.com" }, { email: "bob@example.com" }])
      const inside = yield* ask(`${members}/${ids[0]}`, { key })
      assert.strictEqual(inside.status, 200)
      const { asOf, ...rest } = inside.json
      assert.deepStrictEqual(rest, { status: "IN", version: 1, stale: false, archived: false })
      assert.match(asOf, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      const outside = yield* ask(`${members}/${ids[1]!.toUpperCase()}?maxStaleSeconds=60`, { key })
      assert.deepInclude(outside.json, { status: "OUT", version: 1 })
    })
  )

  it.effect("refuse in the order of all refusals", () =>
    Effect.gen(function* () {
      const { ids, key, members } = yield* setting([{ email: "ada@example.com" }, {}])
      const of = (path: string, asKey: string | undefined = key) =>
        Effect.map(ask(path, asKey === undefined ? {} : { key: asKey }), ({ json, status }) => [status, json.error])
      assert.deepStrictEqual(yield* of(`${members}/x`, "nonsense"), [401, "Authentication required"])
      assert.deepStrictEqual(yield* of(`/api/audiences/x/members/${ids[0]}`), [400, "validation_error"])
      for (const query of ["-1", "1.5", "soon", "", "1e99", "3000000000"]) {
        assert.deepStrictEqual(yield* of(`${members}/${absent}?maxStaleSeconds=${query}`), [400, "validation_error"])
      }
      assert.deepStrictEqual(yield* of(`/api/audiences/${absent}/members/${ids[0]}`), [404, "Audience not found"])
      assert.deepStrictEqual(yield* of(`${members}/${absent}`), [404, "Consumer not found"])
    })
  )

  it.effect("check people by any of their names, in the order given; whom nobody knows is OUT", () =>
    Effect.gen(function* () {
      const { audienceId, ids, key, members } = yield* setting([
        { email: "Zoë.STRASSE@Exämple.com", externalId: "Ünique-1" },
        { phone: "+4930123456" },
        { email: "out@example.com" }
      ])
      const consumers = [
        { email: "zoE\u0308.straße@exa\u0308mple.COM" },
        { phone: "+4930123456" },
        { email: "nobody@example.com" },
        { externalId: "üNIQUE-1" },
        { consumerId: ids[2] },
        { consumerId: absent },
        { consumerId: ids[0]!.toUpperCase() },
        { email: "OUT@example.com" }
      ]
      const { json: answer, status } = yield* ask(`${members}/check`, { key, ...json({ consumers }) })
      assert.strictEqual(status, 200)
      assert.strictEqual(answer.audienceId, audienceId)
      assert.deepStrictEqual(
        answer.results.map((each: { consumerId: string; status: string }) => [each.consumerId, each.status]),
        [
          [ids[0], "IN"],
          [ids[1], "IN"],
          [null, "OUT"],
          [ids[0], "IN"],
          [ids[2], "OUT"],
          [null, "OUT"],
          [ids[0], "IN"],
          [ids[2], "OUT"]
        ]
      )
      assert.hasAllKeys(answer.results[0], ["consumerId", "status", "version", "asOf", "stale", "archived"])
    })
  )

  it.effect("take a thousand people and no more, each by one name", () =>
    Effect.gen(function* () {
      const people = Array.from({ length: 400 }, (_, i) => ({ email: `p${i}@example.com`, externalId: `x${i}` }))
      const { ids, key, members } = yield* setting(people)
      const asked = Array.from({ length: 1000 }, (_, i) =>
        i % 3 === 0
          ? { consumerId: ids[i % 400] }
          : i % 3 === 1
            ? { email: `P${i % 400}@example.com` }
            : { externalId: `X${i % 400}` }
      )
      const check = (consumers: unknown) => ask(`${members}/check`, { key, ...json({ consumers }) })
      const { json: answer } = yield* check(asked)
      assert.deepStrictEqual(
        answer.results.map((each: { consumerId: string; status: string }) => [each.consumerId, each.status]),
        asked.map((_, i) => [ids[i % 400], i % 400 === 399 ? "OUT" : "IN"])
      )
      assert.deepStrictEqual((yield* check([])).json.results, [])
      const refused = (consumers: unknown) =>
        Effect.map(check(consumers), ({ json, status }) => [
          status,
          json.issues.map((issue: { message: string; path: ReadonlyArray<{ key: string }> }) => [
            issue.path.map(({ key }) => key).join("."),
            issue.message
          ])
        ])
      assert.deepStrictEqual(yield* refused([...asked, {}].map(() => ({ phone: "+491" }))), [
        400,
        [["consumers", "Max batch size is 1000"]]
      ])
      const [status, issues] = yield* refused([
        {},
        { email: "a@b.cd", phone: "+491" },
        { consumerId: "x" },
        { email: "ada" },
        { phone: "0171" }
      ])
      assert.strictEqual(status, 400)
      assert.deepStrictEqual(
        (issues as ReadonlyArray<[string, string]>).map(([path]) => path),
        ["consumers.0", "consumers.1", "consumers.2.consumerId", "consumers.3.email", "consumers.4.phone"]
      )
    })
  )
})
