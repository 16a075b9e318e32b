import { assert, layer } from "@effect/vitest"
import { makeSecretKey } from "@audiences/domain/SecretKey"
import { Arbitrary, Effect, Random, Redacted } from "effect"
import { isDeepStrictEqual } from "node:util"
import { ask, json } from "../Answer.ts"
import { TestServer } from "../TestServer.ts"
import { problemsOf } from "./Answers.ts"
import { drives } from "./Drives.ts"
import { missing, mutationsOf } from "./Mutations.ts"
import { requestOf } from "./Requests.ts"
import { nameOf, resolved, wireOperations } from "./Wire.ts"
import { freshWorld } from "./World.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"
const error = { kind: "ref", name: "Error" } as const
const validationError = { kind: "ref", name: "ValidationError" } as const

layer(TestServer, { excludeTestServices: true })("A running server", (it) => {
  for (const operation of wireOperations) {
    const name = nameOf(operation)
    const { method, path, pathParams, request } = operation

    it.effect(`refuses ${name} without a key, whatever else is wrong`, () =>
      Effect.gen(function* () {
        const unknown = Redacted.value(yield* makeSecretKey("live"))
        const url = `/api${path.replaceAll(/\{\w+\}/g, "no-uuid")}`
        for (const authorization of [
          undefined,
          "",
          "Bearer",
          "Bearer nonsense",
          "Basic YTpi",
          `Bearer ${unknown}`,
          unknown
        ]) {
          const { headers, ...rest } = json(request === null ? undefined : "{", method)
          const answer = yield* ask(url, {
            ...(request === null ? { method } : rest),
            headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) }
          })
          assert.deepStrictEqual(
            [authorization, answer.status, answer.json],
            [authorization, 401, { error: "Authentication required" }]
          )
        }
      })
    )

    if (pathParams.length > 0) {
      it.effect(`refuses ${name} for a malformed id before the body, and says 404 for one that nobody has`, () =>
        Effect.gen(function* () {
          const { key } = yield* freshWorld
          const call = (ids: Readonly<Record<string, string>>, body: unknown) =>
            ask(`/api${path.replaceAll(/\{(\w+)\}/g, (_, param: string) => ids[param]!)}`, {
              key,
              ...(request === null ? { method } : json(body, method))
            })
          for (const param of pathParams) {
            const ids = { ...Object.fromEntries(pathParams.map((each) => [each, absent])), [param]: "42" }
            const answer = yield* call(ids, "{")
            assert.strictEqual(answer.status, 400, answer.text)
            assert.deepStrictEqual(problemsOf(answer.json, validationError), [])
            const [issue, ...others] = answer.json.issues
            assert.deepStrictEqual(
              [issue.path.map((item: { key: string }) => item.key), issue.received, others],
              [[param], '"42"', []]
            )
          }
          const seed = yield* Random.nextInt
          const bodies =
            request === null
              ? [undefined]
              : yield* Arbitrary.sampleEffect(requestOf(request, "all"), { count: 1, size: 4, seed })
          const ids = Object.fromEntries(pathParams.map((each) => [each, absent]))
          const body = bodies[0] as Record<string, unknown> | undefined
          const fitted = body !== undefined && "audienceId" in body ? { ...body, audienceId: absent } : body
          const answer = yield* call(ids, fitted)
          const rules = (fitted as { rules?: ReadonlyArray<object> } | undefined)?.rules
          const again = Array.isArray(rules)
            ? yield* call(ids, { rules: rules.map((each) => ({ ...each, audienceId: absent })) })
            : answer
          assert.strictEqual(again.status, 404, again.text)
          assert.deepStrictEqual(problemsOf(again.json, error), [])
        })
      )
    }

    if (request !== null) {
      it.effect(
        `refuses ${name} for each broken key of its body, saying exactly what, and writes nothing`,
        () =>
          Effect.gen(function* () {
            const world = yield* freshWorld
            const seed = yield* Random.nextInt
            const [generated] = yield* Arbitrary.sampleEffect(requestOf(request, "all"), { count: 1, size: 3, seed })
            const { fit = (each: unknown) => each, path: prepared } = yield* drives[name]!(world)
            const send = (text: string) => ask(`/api${prepared}`, { key: world.key, ...json(text, method) })
            const call = (body: unknown) => send(JSON.stringify(body))
            const mutations = mutationsOf(fit(generated), request)
            assert.isAbove(mutations.length, 5)
            const unlike = yield* Effect.forEach(
              mutations,
              ({ body, refusal, what }) =>
                Effect.map(call(body), ({ json, status }) => {
                  const answer = { status, json: json as unknown }
                  return isDeepStrictEqual(answer, { status: 400, json: refusal })
                    ? []
                    : [{ what, answer, due: refusal }]
                }),
              { concurrency: 4 }
            )
            assert.deepStrictEqual(unlike.flat(), [], `seed ${seed}`)
            const { type } = resolved(request)
            const required = Object.entries(type.kind === "object" ? type.fields : {}).filter(
              ([, field]) => field.required
            )
            if (required.length > 0) {
              const nothing = (yield* call({})).json
              assert.sameDeepMembers(
                nothing.issues,
                required.map(([key]) => missing({}, [key]))
              )
            }
            const list = { "POST /audiences": "/audiences", "POST /consumers/batch": "/consumers" }[name]
            if (list !== undefined) assert.deepStrictEqual((yield* world.call("GET", list)).data, [])
            const broken = yield* send("{")
            assert.deepStrictEqual(
              [broken.status, broken.json.issues[0].message],
              [400, "Request body is not valid JSON"]
            )
          }),
        60_000
      )
    }
  }
})
