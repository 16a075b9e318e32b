import { CredentialsRefused } from "@audiences/engine/connectors/Connector"
import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { profile, ScriptedVendor, scriptedConnectors } from "../../../../tools/vitest/ScriptedVendor.ts"
import { type Answer, ask, json } from "../Answer.ts"
import { freshKey, testServer } from "../TestServer.ts"

type Json = Answer["json"]

const klaviyo = new ScriptedVendor("klaviyo")

const founded = Effect.gen(function* () {
  const { key } = yield* freshKey
  const send = (method: string, path: string, body?: unknown) =>
    ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* send(method, path, body)
    assert.strictEqual(answer.status, 200, answer.text)
    return answer.json
  })
  yield* call("PUT", "/settings/integrations/klaviyo", { credentials: { apiKey: "pk_of_tests" } })
  const settled = (id: string) =>
    Effect.repeat(call("GET", `/audiences/${id}/status`), {
      until: ({ inProgress }: Json) => !inProgress,
      schedule: Schedule.spaced("20 millis")
    })
  const synced = (syncSourceId: string, syncSource = "klaviyo:list") =>
    call("POST", "/audiences", { name: "Synced", type: "SYNCED_LIST", primarySyncSource: { syncSource, syncSourceId } })
  const emails = Effect.fnUntraced(function* (id: string) {
    const { data } = yield* call("GET", `/audiences/${id}/members?first=100`)
    return data.map(({ email }: { email: string }) => email).toSorted() as Array<string>
  })
  return { send, call, settled, synced, emails }
})

const people = (...names: ReadonlyArray<string>) => names.map((name) => profile(name, { email: `${name}@example.com` }))

layer(testServer({}, scriptedConnectors([klaviyo])), { excludeTestServices: true })("A synced list", (it) => {
  it.effect("is refused with the published texts where there is nothing to sync with", () =>
    Effect.gen(function* () {
      const { call, send, synced } = yield* founded
      const refused = Effect.fnUntraced(function* (id: string) {
        const { json, status } = yield* send("POST", `/audiences/${id}/sync`)
        return [status, json.issues[0].message]
      })
      const list = yield* call("POST", "/audiences", { name: "Chosen", type: "STATIC_LIST" })
      assert.deepStrictEqual(yield* refused(list.id), [400, "Audience is not a synced list"])
      const sourceless = yield* call("POST", "/audiences", { name: "None", type: "SYNCED_LIST" })
      assert.deepStrictEqual(yield* refused(sourceless.id), [400, "Audience has no sync source"])
      for (const source of ["nobody:knows", "klaviyo:tag", "klaviyo"]) {
        const { id } = yield* synced("x", source)
        assert.deepStrictEqual(yield* refused(id), [400, `This server cannot sync with ${source}`])
      }
      const { id } = yield* synced("x")
      yield* call("DELETE", `/audiences/${id}`)
      const archived = yield* send("POST", `/audiences/${id}/sync`)
      assert.deepStrictEqual([archived.status, archived.json.error], [409, "Audience is archived"])
    })
  )

  it.effect("is equal to the list, from request to members, and tells how it went", () =>
    Effect.gen(function* () {
      const { call, emails, settled, synced } = yield* founded
      const list = klaviyo.has("front", people("a", "b", "c"))
      const audience = yield* synced("front")
      const rules = [{ field: "primarySourceVendor", operator: "EQUALS", values: ["klaviyo"] }]
      const dynamic = yield* call("POST", "/audiences", { name: "Klaviyo's", type: "DYNAMIC", rules })
      yield* settled(dynamic.id)
      const started = yield* call("POST", `/audiences/${audience.id}/sync`)
      assert.deepStrictEqual(started, {
        success: true,
        syncSourceId: audience.primarySyncSource.id,
        status: "PENDING"
      })
      assert.deepInclude(yield* settled(audience.id), { syncStatus: "SUCCESS", stale: false, version: 1 })
      assert.deepStrictEqual(yield* emails(audience.id), ["a@example.com", "b@example.com", "c@example.com"])
      yield* Effect.repeat(call("GET", `/audiences/${dynamic.id}/count`), {
        until: ({ count }: Json) => count === 3,
        schedule: Schedule.spaced("20 millis")
      })
      list.profiles = people("c")
      list.incidents = [new CredentialsRefused({ message: "The key was revoked" })]
      yield* call("POST", `/audiences/${audience.id}/sync`)
      assert.deepInclude(yield* settled(audience.id), { syncStatus: "FAILED", stale: true, version: 1 })
      const failed = yield* call("GET", `/audiences/${audience.id}`)
      assert.strictEqual(failed.primarySyncSource.sourceData.failureReason, "The key was revoked")
      yield* call("POST", `/audiences/${audience.id}/sync`)
      yield* settled(audience.id)
      assert.deepStrictEqual(yield* emails(audience.id), ["c@example.com"])
      const { data } = yield* call("GET", `/audiences/${audience.id}/history`)
      assert.deepStrictEqual(
        data.map(({ cause }: Json) => cause),
        [`sync:${audience.primarySyncSource.id}`, `sync:${audience.primarySyncSource.id}`]
      )
    })
  )

  it.effect("is made of each list that is taken over, once", () =>
    Effect.gen(function* () {
      const { call, emails, settled } = yield* founded
      klaviyo.has("news", people("n"), { name: "Newsletter" })
      const { imported, skipped } = yield* call("POST", "/audiences/import/klaviyo", { listIds: ["news", "none"] })
      assert.deepStrictEqual(skipped, [
        { listId: "none", reason: "Klaviyo knows no such list", existingAudienceId: null }
      ])
      const source = yield* call("GET", `/sync-sources/${imported[0].syncSourceId}`)
      yield* settled(source.audienceId)
      assert.deepStrictEqual(yield* emails(source.audienceId), ["n@example.com"])
      assert.deepInclude(yield* call("GET", `/audiences/${source.audienceId}`), {
        name: "Newsletter",
        type: "SYNCED_LIST",
        primaryExternalId: "news",
        primarySourceVendor: "klaviyo",
        refreshIntervalSeconds: 3600
      })
      const again = yield* call("POST", "/audiences/import/klaviyo", { listIds: ["news"] })
      assert.deepStrictEqual(again, {
        imported: [],
        skipped: [{ listId: "news", reason: "List has an audience already", existingAudienceId: source.audienceId }]
      })
      const unreached = yield* call("POST", "/audiences/import/mailchimp", { listIds: ["a", "b"] })
      assert.deepStrictEqual(
        unreached.skipped.map(({ reason }: Json) => reason),
        ["This server cannot reach Mailchimp", "This server cannot reach Mailchimp"]
      )
    })
  )

  it.effect("has one source, which is added, listed and removed", () =>
    Effect.gen(function* () {
      const { call, emails, send, settled, synced } = yield* founded
      klaviyo.has("one", people("a"))
      klaviyo.has("two", people("b"))
      const audience = yield* synced("one")
      const audienceId = audience.id
      yield* call("POST", `/audiences/${audienceId}/sync`)
      yield* settled(audienceId)
      const named = { audienceId, syncSource: "klaviyo:list", syncSourceId: "two" }
      const present = yield* send("POST", "/sync-sources", named)
      assert.deepStrictEqual(
        [present.status, present.json.error],
        [409, "Audience has a sync source already: remove that one first"]
      )
      const removed = yield* call("DELETE", `/sync-sources/${audience.primarySyncSource.id}`)
      assert.deepInclude(removed, { archived: true, audienceId: null, progress: null })
      assert.deepStrictEqual(yield* call("DELETE", `/sync-sources/${audience.primarySyncSource.id}`), removed)
      assert.deepStrictEqual(yield* emails(audienceId), ["a@example.com"])
      assert.deepInclude(yield* call("GET", `/audiences/${audienceId}`), {
        primarySyncSource: null,
        primarySyncSourceId: null,
        primaryExternalId: null,
        primarySourceVendor: null,
        primaryLastSyncedAt: null
      })
      const added = yield* call("POST", "/sync-sources", named)
      assert.deepInclude(added, { audienceId, syncStatus: "PENDING", progress: null })
      yield* call("POST", `/audiences/${audienceId}/sync`)
      yield* settled(audienceId)
      assert.deepStrictEqual(yield* emails(audienceId), ["b@example.com"])
      const ids = ({ data }: Json) => data.map(({ id }: Json) => id)
      assert.deepStrictEqual(ids(yield* call("GET", "/sync-sources")), [added.id])
      assert.deepStrictEqual(ids(yield* call("GET", "/sync-sources?archived=true")), [removed.id])
      const unknown = yield* send("GET", `/sync-sources/${audienceId}`)
      assert.deepStrictEqual([unknown.status, unknown.json.error], [404, "Sync source not found"])
      const chosen = yield* call("POST", "/audiences", { name: "Chosen", type: "STATIC_LIST" })
      const mistyped = yield* send("POST", "/sync-sources", { ...named, audienceId: chosen.id })
      assert.deepStrictEqual([mistyped.status, mistyped.json.issues[0].message], [400, "Audience is not a synced list"])
    })
  )
})
