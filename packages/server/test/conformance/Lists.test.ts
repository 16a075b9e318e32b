import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { HttpServer } from "effect/http"
import { ask } from "../Answer.ts"
import { TestServer } from "../TestServer.ts"
import { problemsOf } from "./Answers.ts"
import { wireOperation } from "./Wire.ts"
import { freshWorld, type World } from "./World.ts"

const groupId = "0190a000-0000-7000-8000-0000000000aa"

interface List {
  /** Its path, once there is something in it. */
  readonly path: (world: World) => Effect.Effect<string, never, HttpServer.HttpServer>
  readonly sorts: ReadonlyArray<string>
  /** That leave all of it, and that leave nothing of it. */
  readonly all: ReadonlyArray<string>
  readonly none: ReadonlyArray<string>
}

/** Seven of each, some of them alike in what is sorted by. */
const seven = [0, 1, 2, 3, 4, 5, 6]

const audiences = (world: World) =>
  Effect.forEach(seven, (i) => world.audience({ name: `Audience ${i >> 1}`, groupId }))
const consumers = (world: World) =>
  Effect.forEach(seven, (i) => world.consumer({ fullName: i === 3 ? null : `Ada ${i >> 1}`, ltv: `${i >> 1}` }))
const members = (world: World) =>
  Effect.gen(function* () {
    const audienceId = yield* world.audience({ groupId })
    yield* world.call("POST", `/audiences/${audienceId}/members`, { consumerIds: yield* consumers(world) })
    return audienceId
  })

const lists: Readonly<Record<string, List>> = {
  "GET /audiences": {
    path: (world) => Effect.as(audiences(world), "/audiences?"),
    sorts: ["createdAt", "name", "lastRefreshedAt"],
    all: ["type=STATIC_LIST", "archived=false", `groupId=${groupId}`, "search=AUDIENCE"],
    none: ["type=DYNAMIC", "archived=true", "groupId=0190a000-0000-7000-8000-0000000000bb", "search=zz"]
  },
  "GET /consumers": {
    path: (world) => Effect.as(consumers(world), "/consumers?"),
    sorts: ["createdAt", "email", "fullName", "lastOrderAt", "ltv", "totalOrders"],
    all: ["archived=false", "search=example.COM", "createdAfter=2020-01-01", "createdBefore=2999-01-01T00:00%2B02:00"],
    none: ["archived=true", "search=zz", "createdAfter=2999-01-01", "createdBefore=2020-01-01", `audienceId=${groupId}`]
  },
  "GET /audiences/{audienceId}/members": {
    path: (world) => Effect.map(members(world), (id) => `/audiences/${id}/members?`),
    sorts: [],
    all: [],
    none: []
  },
  "GET /audiences/groups/{groupId}/members": {
    path: (world) => Effect.as(members(world), `/audiences/groups/${groupId}/members?`),
    sorts: [],
    all: [],
    none: []
  }
}

layer(TestServer, { excludeTestServices: true })("A list", (it) => {
  for (const [name, { all, none, path, sorts }] of Object.entries(lists)) {
    it.effect(`of ${name} is answered as published, and is the same in pages of every size and direction`, () =>
      Effect.gen(function* () {
        const world = yield* freshWorld
        const list = yield* path(world)
        const published = wireOperation(name).responses["200"]!
        const page = Effect.fnUntraced(function* (query: string) {
          const answer = yield* ask(`/api${list}${query}`, { key: world.key })
          assert.deepStrictEqual([query, answer.status, problemsOf(answer.json, published)], [query, 200, []])
          const { data, pageInfo } = answer.json
          return { ids: data.map(({ id }: { id: string }) => id) as Array<string>, ...pageInfo } as {
            readonly ids: ReadonlyArray<string>
            readonly startCursor: string | null
            readonly endCursor: string | null
          }
        })
        const orders = sorts.flatMap((sort) => ["asc", "desc"].map((dir) => `sortBy=${sort}&sortDir=${dir}&`))
        for (const order of ["", ...orders]) {
          const whole = yield* page(`${order}first=100`)
          assert.deepStrictEqual([whole.ids.length, whole.startCursor, whole.endCursor], [7, null, null])
          for (const size of [1, 3]) {
            const forwards: Array<string> = []
            let next = yield* page(`${order}first=${size}`)
            assert.isNull(next.startCursor)
            for (;;) {
              forwards.push(...next.ids)
              if (next.endCursor === null) break
              next = yield* page(`${order}first=${size}&after=${encodeURIComponent(next.endCursor)}`)
            }
            const backwards: Array<string> = []
            let previous = yield* page(`${order}last=${size}`)
            assert.isNull(previous.endCursor)
            for (;;) {
              backwards.unshift(...previous.ids)
              if (previous.startCursor === null) break
              previous = yield* page(`${order}last=${size}&before=${encodeURIComponent(previous.startCursor)}`)
            }
            assert.deepStrictEqual([order, forwards, backwards], [order, whole.ids, whole.ids])
          }
        }
        for (const query of all) assert.strictEqual((yield* page(query)).ids.length, 7, query)
        for (const query of none) assert.deepStrictEqual((yield* page(query)).ids, [], query)
      })
    )

    it.effect(`of ${name} refuses what means nothing, naming the parameter`, () =>
      Effect.gen(function* () {
        const world = yield* freshWorld
        const list = yield* path(world)
        const wrong: ReadonlyArray<readonly [string, string]> = [
          ["first=0", "first"],
          ["first=101", "first"],
          ["first=", "first"],
          ["last=1.5", "last"],
          ["after=forged", "after"],
          ["before=forged", "before"],
          ...(sorts.length === 0
            ? []
            : ([
                ["sortBy=nothing", "sortBy"],
                ["sortDir=up", "sortDir"],
                ["search=x", "search"],
                ["archived=maybe", "archived"]
              ] as const))
        ]
        for (const [query, parameter] of wrong) {
          const answer = yield* ask(`/api${list}${query}`, { key: world.key })
          assert.deepStrictEqual([query, answer.status], [query, 400])
          assert.deepStrictEqual(problemsOf(answer.json, wireOperation(name).responses["400"]!), [])
          assert.deepStrictEqual(
            answer.json.issues.map(({ path }: { path: ReadonlyArray<{ key: string }> }) => path.map(({ key }) => key)),
            [[parameter]],
            query
          )
        }
      })
    )
  }
})
