import { paging } from "@audiences/engine/pages/Paging"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

const pages = paging<"createdAt" | "name">("audiences", { createdAt: "instant", name: "text" })
const id = "019845e1-682f-7b02-a706-3b2422d13aec"
const at = { value: "2026-01-01T00:00:00.123456Z", id }

describe("Paging", () => {
  it.effect("starts with the first 20, newest first", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* pages.request({}), {
        sortBy: "createdAt",
        sortDir: "desc",
        size: 20,
        backwards: false,
        from: null
      })
      assert.deepStrictEqual(yield* pages.request({ last: 3 }), {
        sortBy: "createdAt",
        sortDir: "desc",
        size: 3,
        backwards: true,
        from: null
      })
    })
  )

  it.effect("continues from the cursors of a page, either way", () =>
    Effect.gen(function* () {
      const { pageInfo } = pages.page({ first: 1 }, { data: ["a"], start: at, end: at })
      assert.deepStrictEqual((yield* pages.request({ first: 7, after: pageInfo.endCursor! })).from, at)
      const back = yield* pages.request({ before: pageInfo.startCursor! })
      assert.deepStrictEqual([back.from, back.backwards, back.size], [at, true, 20])
    })
  )

  it.effect("refuses contradictions, and cursors that are none or of another list", () =>
    Effect.gen(function* () {
      const cursor = pages.page({}, { data: [], start: null, end: at }).pageInfo.endCursor!
      const refused = [
        [{ first: 1, last: 1 }, "last", "Use first or last, not both"],
        [{ after: cursor, before: cursor }, "before", "Use after or before, not both"],
        [{ after: cursor, last: 1 }, "after", "Use after with first, before with last"],
        [{ before: cursor, first: 1 }, "before", "Use after with first, before with last"],
        [{ after: "nonsense" }, "after", "Cursor is malformed"],
        [{ before: cursor, sortBy: "name" }, "before", "Cursor belongs to another list, sort or filter"],
        [{ after: cursor, sortDir: "asc" }, "after", "Cursor belongs to another list, sort or filter"]
      ] as const
      for (const [query, key, message] of refused) {
        const { issues } = yield* Effect.flip(pages.request(query))
        assert.deepStrictEqual(
          issues.map((issue) => [issue.message, issue.path.map((item) => item.key)]),
          [[message, [key]]]
        )
      }
    })
  )
})
