import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const person = (name: string) => ({
  email: `${name}@example.com`,
  emailVerified: false,
  phoneVerified: false,
  status: "ACTIVE"
})

layer(TestServer, { excludeTestServices: true })("A group of audiences", (it) => {
  const founded = Effect.gen(function* () {
    const { key } = yield* freshKey
    const groupId = "0190a000-0000-7000-8000-0000000000aa"
    const consumers = (yield* ask("/api/consumers/batch", {
      key,
      ...json({ consumers: ["ada", "bob", "cyd", "dan"].map(person) })
    })).json.map(({ id }: { id: string }) => id)
    const create = (name: string, members: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const { id } = (yield* ask("/api/audiences", { key, ...json({ name, type: "STATIC_LIST", groupId }) })).json
        yield* ask(`/api/audiences/${id}/members`, { key, ...json({ consumerIds: members }) })
        return id as string
      })
    const gold = yield* create("Gold", [consumers[2], consumers[0]])
    const silver = yield* create("Silver", [consumers[1], consumers[2]])
    const group = `/api/audiences/groups/${groupId}`
    const idsOf = (path: string) =>
      Effect.map(ask(path, { key }), ({ json }) => json.data.map(({ id }: { id: string }) => id))
    return { key, groupId, group, consumers, gold, silver, idsOf }
  })

  it.effect("shows its audiences whole, and its members once each", () =>
    Effect.gen(function* () {
      const { consumers, gold, group, idsOf, key, silver } = yield* founded
      const audiences = (yield* ask(group, { key })).json
      assert.deepStrictEqual(
        audiences.map(({ id, rules, imports }: never) => ({ id, rules, imports })),
        [gold, silver].map((id) => ({ id, rules: [], imports: [] }))
      )
      assert.deepStrictEqual(yield* idsOf(`${group}/members`), consumers.slice(0, 3))
      assert.deepStrictEqual(yield* idsOf(`${group}/members?audienceId=${silver}`), consumers.slice(1, 3))
      const first = (yield* ask(`${group}/members?first=2`, { key })).json
      assert.isNull(first.pageInfo.startCursor)
      const second = (yield* ask(`${group}/members?first=2&after=${first.pageInfo.endCursor}`, { key })).json
      assert.deepStrictEqual(
        [...first.data, ...second.data].map(({ id }: { id: string }) => id),
        consumers.slice(0, 3)
      )
      assert.isNull(second.pageInfo.endCursor)
      const elsewhere = yield* ask(`${group}/members?audienceId=${silver}&after=${first.pageInfo.endCursor}`, { key })
      assert.strictEqual(elsewhere.status, 400)
      const foreign = yield* ask(`${group}/members?audienceId=0190a000-0000-7000-8000-00000000ffff`, { key })
      assert.deepStrictEqual([foreign.status, foreign.json], [404, { error: "Audience not found" }])
    })
  )

  it.effect("is archived whole, keeps answering, and is unknown only when nobody ever named it", () =>
    Effect.gen(function* () {
      const { gold, group, idsOf, key, silver } = yield* founded
      const archived = (yield* ask(group, { key, method: "DELETE" })).json
      assert.sameMembers(
        archived.map(({ id, archived }: { id: string; archived: boolean }) => (archived ? id : "live")),
        [gold, silver]
      )
      assert.notProperty(archived[0], "rules")
      assert.deepStrictEqual((yield* ask("/api/audiences", { key })).json.data, [])
      assert.deepStrictEqual((yield* ask(group, { key, method: "DELETE" })).json, archived)
      assert.strictEqual((yield* ask(group, { key })).json.length, 2)
      assert.deepStrictEqual(yield* idsOf(`${group}/members`), [])
      const unknown = yield* ask("/api/audiences/groups/0190a000-0000-7000-8000-0000000000bb", { key })
      assert.deepStrictEqual([unknown.status, unknown.json], [404, { error: "Audience group not found" }])
    })
  )
})
