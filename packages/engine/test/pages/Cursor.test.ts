import { type CursorScope, decodeCursor, encodeCursor } from "@audiences/engine/pages/Cursor"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Text } from "@audiences/domain/Scalar"

const id = "019845e1-682f-7b02-a706-3b2422d13aec"
const scope = (over: Partial<CursorScope> = {}): CursorScope => ({
  list: "consumers",
  sortBy: "email",
  sortDir: "asc",
  kind: "text",
  filters: { search: "ab", archived: true },
  ...over
})

describe("Cursor", () => {
  it.prop("comes back as the position it was made of", [Schema.NullOr(Text)], ([value]) => {
    assert.deepStrictEqual(decodeCursor(scope(), encodeCursor(scope(), { value, id })), { value, id })
  })

  it("opens only the list, sort and filters that it was made for", () => {
    const cursor = encodeCursor(scope(), { value: "a", id })
    assert.deepStrictEqual(decodeCursor(scope({ filters: { archived: true, search: "ab" } }), cursor), {
      value: "a",
      id
    })
    for (const other of [
      scope({ list: "audiences" }),
      scope({ sortBy: "fullName" }),
      scope({ sortDir: "desc" }),
      scope({ filters: { search: "ab" } }),
      scope({ filters: {} })
    ])
      assert.strictEqual(decodeCursor(other, cursor), "of another list")
  })

  it.prop("refuses any other text", [Schema.String], ([text]) => {
    assert.strictEqual(typeof decodeCursor(scope(), text), "string")
  })

  it("refuses values that the database would not read", () => {
    const refused: Record<string, ReadonlyArray<string>> = {
      instant: ["x", "2026-02-30T00:00:00.000000Z", "2026-01-01T00:00:00+23:59", "2026-01-01", "infinity"],
      money: ["-1", "1e5", "NaN", "1234567890123", "Infinity"],
      number: ["NaN", "Infinity", "1e999", "1e-999", "", " 1", "0x10", "1_000"]
    }
    for (const kind of ["instant", "money", "number"] as const) {
      for (const value of refused[kind]!) {
        assert.strictEqual(
          decodeCursor(scope({ kind }), encodeCursor(scope({ kind }), { value, id })),
          "malformed",
          value
        )
      }
    }
    assert.strictEqual(decodeCursor(scope(), encodeCursor(scope(), { value: "a\0", id })), "malformed")
    assert.strictEqual(decodeCursor(scope(), encodeCursor(scope(), { value: "a", id: "x" })), "malformed")
  })
})
