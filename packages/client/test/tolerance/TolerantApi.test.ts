import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema, SchemaAST } from "effect"
import { HttpApi } from "effect/http-api"
import { Api } from "@audiences/domain/api/Api"
import { consumerId } from "../examples.ts"
import { tolerantApi } from "@audiences/client/tolerance/TolerantApi"

const answersOf = (api: typeof Api): ReadonlyMap<string, Schema.Codec<unknown, unknown>> => {
  const found = new Map<string, Schema.Codec<unknown, unknown>>()
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group, successes }) => {
      for (const [status, schemas] of successes)
        found.set(
          `${group.identifier}.${endpoint.identifier} ${status}`,
          Schema.Union(schemas) as unknown as Schema.Codec<unknown, unknown>
        )
    }
  })
  return found
}

const isText = (ast: SchemaAST.AST) => SchemaAST.isLiteral(ast) && typeof ast.literal === "string"

/** The same answer of a host that knows more: fields that are new, and in place of listed names others. Kinds of objects stay. */
const newer = (ast: SchemaAST.AST, value: unknown, kinds: ReadonlySet<PropertyKey> = new Set()): unknown => {
  switch (ast._tag) {
    case "Literal":
      return isText(ast) ? "NEWER" : value
    case "Suspend":
      return newer(ast.thunk(), value)
    case "Arrays":
      return Array.isArray(value) && ast.rest[0] !== undefined ? value.map((item) => newer(ast.rest[0]!, item)) : value
    case "Objects":
      return typeof value !== "object" || value === null || ast.indexSignatures.length > 0
        ? value
        : {
            ...Object.fromEntries(
              Object.entries(value).map(([name, field]) => {
                const type = ast.propertySignatures.find((property) => property.name === name)?.type
                return [name, type === undefined || kinds.has(name) ? field : newer(type, field)]
              })
            ),
            newerField: { a: [1] }
          }
    case "Union": {
      if (typeof value === "string" && ast.types.some(isText)) return "NEWER"
      const member = ast.types.find((type) => Schema.is(Schema.make<Schema.Top>(type))(value))
      return member === undefined ? value : newer(member, value, ast.types.length > 2 ? new Set(["type"]) : kinds)
    }
    default:
      return value
  }
}

/** Answers as they travel. The contract writes years with four digits; a generator of instants does not know. */
const sample = (schema: Schema.Codec<unknown, unknown>) =>
  Effect.map(Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: 20, size: 4, seed: 1 }), (answers) =>
    answers.map((answer): unknown => {
      const text = JSON.stringify(Schema.encodeSync(schema)(answer))
      return JSON.parse(text.replace(/"[+-]\d{6}-\d\d-\d\dT[^"]*Z"/g, `"2026-01-31T09:30:00.000Z"`))
    })
  )

describe("the contract as a client reads it", () => {
  const strict = answersOf(Api)
  const tolerant = answersOf(tolerantApi())

  it("has all of its operations", () => {
    assert.deepStrictEqual([...tolerant.keys()], [...strict.keys()])
  })

  for (const [name, schema] of strict) {
    if (name === "exports.members 200") continue
    it.effect(`reads the answers of ${name} as the contract does, and those of a newer host`, () =>
      Effect.gen(function* () {
        const read = Schema.decodeUnknownSync(tolerant.get(name)!)
        for (const answer of yield* sample(schema)) {
          assert.deepStrictEqual(read(answer), Schema.decodeUnknownSync(schema)(answer))
          read(newer(SchemaAST.toEncoded(schema.ast), answer))
        }
      })
    )
  }

  const readTimeline = Schema.decodeUnknownResult(tolerant.get("history.timeline 200")!)
  const timeline = (activity: unknown) => readTimeline({ consumerId, activities: [activity], totalCount: 1 })

  it("reads a kind of thing that it does not know as it is", () => {
    const survey = { id: "s1", type: "SURVEY", timestamp: "tomorrow", answers: [1, { a: 2 }] }
    assert.deepNestedInclude(Result.getOrThrow(timeline(survey)), { "activities[0]": survey })
  })

  it("refuses a kind of thing that it knows when it is broken, and text where a number belongs", () => {
    assert.isTrue(Result.isFailure(timeline({ id: "a1", type: "AUCTION", timestamp: "tomorrow" })))
    const count = Schema.decodeUnknownResult(tolerant.get("audiences.count 200")!)
    assert.isTrue(Result.isFailure(count({ audienceId: "x", count: "many" })))
  })
})
