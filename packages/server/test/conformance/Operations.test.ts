import { assert, layer } from "@effect/vitest"
import { Arbitrary, Effect, Random } from "effect"
import { ask, json } from "../Answer.ts"
import { TestServer } from "../TestServer.ts"
import { problemsOf } from "./Answers.ts"
import { drives } from "./Drives.ts"
import { echoProblems } from "./Echo.ts"
import { requestOf } from "./Requests.ts"
import { nameOf, resolved, wireOperations, type WireType } from "./Wire.ts"
import { freshWorld } from "./World.ts"

/** Operations that answer something that was not there before. */
const creating = [
  "POST /audiences",
  "POST /audiences/{audienceId}/rules",
  "PUT /audiences/{audienceId}/rules",
  "POST /consumers/batch"
]

const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Adds keys that nobody published wherever an object of the body has published keys. */
const withUnknownKeys = (value: unknown, reference: WireType): unknown => {
  const { type } = resolved(reference)
  if (type.kind === "array" && Array.isArray(value)) return value.map((each) => withUnknownKeys(each, type.items))
  if (type.kind !== "object" || type.additional !== undefined || typeof value !== "object" || value === null)
    return value
  const known = Object.entries(value).map(([key, each]) => {
    const field = type.fields[key]
    return [key, field === undefined ? each : withUnknownKeys(each, field.type)] as const
  })
  return { ...Object.fromEntries(known), id: 5, archived: "never", unheardOf: { of: [null] } }
}

layer(TestServer, { excludeTestServices: true })("A running server", (it) => {
  it("is driven through every published operation", () => {
    assert.sameMembers(Object.keys(drives), wireOperations.map(nameOf))
  })

  for (const operation of wireOperations) {
    const name = nameOf(operation)
    const { request } = operation
    it.effect(`answers ${name} as published`, () =>
      Effect.gen(function* () {
        const world = yield* freshWorld
        const seed = yield* Random.nextInt
        const bodies =
          request === null
            ? [undefined, undefined]
            : [
                ...(yield* Arbitrary.sampleEffect(requestOf(request, "all"), { count: 3, size: 6, seed })),
                ...(yield* Arbitrary.sampleEffect(requestOf(request, "some"), { count: 9, size: 6, seed }))
              ]
        let run = 0
        for (const generated of bodies) {
          const { fit = (each: unknown) => each, path: prepared } = yield* drives[name]!(world)
          // Ids are the same in capital letters, and are answered in small ones.
          const path = run++ % 2 === 0 ? prepared : prepared.replace(uuids, (id) => id.toUpperCase())
          const sent = fit(generated)
          const body =
            request === null ? { method: operation.method } : json(withUnknownKeys(sent, request), operation.method)
          const answer = yield* ask(`/api${path}`, { key: world.key, ...body })
          const told = `seed ${seed}, sent ${JSON.stringify(sent)?.slice(0, 500)}, answered ${answer.text.slice(0, 500)}`
          assert.strictEqual(answer.status, 200, told)
          assert.match(answer.headers.get("content-type") ?? "", /^application\/json/)
          const published = operation.responses[200] ?? { kind: "ref", name: "Error" }
          assert.deepStrictEqual(problemsOf(answer.json, published), [], told)
          if (request === null) continue
          assert.deepStrictEqual(
            echoProblems(sent, request, answer.json, published, creating.includes(name)),
            [],
            `seed ${seed}`
          )
        }
      })
    )
  }
})
