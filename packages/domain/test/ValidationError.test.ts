import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { refuse, schemaIssues, ValidationError } from "../src/ValidationError.ts"

const issuesOf = (schema: Schema.ConstraintDecoder<unknown>, root: unknown) => {
  const decoded = Schema.decodeUnknownResult(schema, { errors: "all" })(root)
  return Result.isFailure(decoded) ? schemaIssues(decoded.failure.issue, root) : []
}

describe("ValidationError", () => {
  it("echoes what a small wrong value stands in, and the kind of a large one", () => {
    const [small, large] = [{ name: 1 }, { name: 1, rest: "x".repeat(2000) }].map(
      (root) => issuesOf(Schema.Struct({ name: Schema.String }), root)[0]?.path[0]?.input
    )
    assert.deepStrictEqual(small, { name: 1 })
    assert.strictEqual(large, "Object")
  })

  it("can be sent when the refused value is a number that JSON has no word for", () => {
    const root: unknown = JSON.parse(`{"ltv":1e400}`)
    const issues = issuesOf(Schema.Struct({ ltv: Schema.Finite }), root)
    assert.strictEqual(issues[0]?.received, "Infinity")
    assert.deepStrictEqual(
      (
        Schema.encodeSync(Schema.toCodecJson(ValidationError))(
          new ValidationError({ issues })
        ) as typeof ValidationError.Encoded
      ).issues[0]?.path[0]?.input,
      { ltv: null }
    )
  })

  it("tells what is wrong with each of very many elements without writing their array each time", () => {
    let written = 0
    const ids: Array<unknown> = Array.from({ length: 10_000 }, () => 1)
    Object.defineProperty(ids, "toJSON", { value: () => (written++, [...ids]) })
    const root = { ids }
    const issues = issuesOf(Schema.Struct({ ids: Schema.Array(Schema.String) }), root)
    const refused = refuse(
      root,
      ids.map((_, i) => ({ path: ["ids", i], message: "Unknown" }))
    )
    assert.strictEqual(issues.length, 10_000)
    assert.strictEqual(refused.issues[9_999]?.path[1]?.key, 9_999)
    assert.strictEqual(written, 1)
  })

  it("lists ten thousand problems and counts the rest", () => {
    const { issues } = refuse(
      [],
      Array.from({ length: 10_005 }, (_, i) => ({ path: [i], message: "Wrong" }))
    )
    assert.strictEqual(issues.length, 10_001)
    assert.strictEqual(issues[10_000]?.message, "5 more problems are not listed")
  })

  it("echoes nothing of credentials, wherever they went wrong", () => {
    const schema = Schema.Struct({
      credentials: Schema.Record(Schema.String, Schema.String),
      properties: Schema.Record(Schema.String, Schema.String)
    })
    for (const root of [
      { credentials: { apiKey: "s3cret" }, properties: 5 },
      { credentials: "s3cret", properties: {} },
      { credentials: ["s3cret"], properties: { a: [{ credentials: "s3cret" }] } },
      { credentials: { apiKey: { "s3cret-like": "s3cret" } } },
      { credentials: { apiKey: ["s3cret"], other: "s3cret" }, properties: {} }
    ]) {
      const issues = issuesOf(schema, root)
      assert.isNotEmpty(issues)
      assert.notInclude(JSON.stringify(issues), "s3cret")
    }
  })
})
