import { Effect } from "effect"
import { ask, json } from "../Answer.ts"
import { freshKey } from "../TestServer.ts"

type Json = ReturnType<typeof JSON.parse>

/** An organization of the test's own, and short ways to fill it. What is made here has to succeed. */
export const freshWorld = Effect.gen(function* () {
  const { key } = yield* freshKey
  let made = 0
  const call = Effect.fnUntraced(function* (method: string, path: string, body?: unknown) {
    const answer = yield* ask(`/api${path}`, { key, ...(body === undefined ? { method } : json(body, method)) })
    if (answer.status !== 200) return yield* Effect.die(`${method} ${path} answers ${answer.status}: ${answer.text}`)
    return answer.json as Json
  })
  const unique = () => ++made
  const audience = (more: object = {}) =>
    Effect.map(
      call("POST", "/audiences", { name: `A${unique()}`, type: "STATIC_LIST", ...more }),
      ({ id }: { id: string }) => id
    )
  const consumer = (more: object = {}) =>
    Effect.map(
      call("POST", "/consumers/batch", {
        consumers: [
          { email: `c${unique()}@example.com`, emailVerified: true, phoneVerified: false, status: "ACTIVE", ...more }
        ]
      }),
      ([{ id }]: [{ id: string }]) => id
    )
  const rule = (audienceId: string) =>
    Effect.map(
      call("POST", `/audiences/${audienceId}/rules`, { audienceId, field: "email", operator: "EXISTS", values: [] }),
      ({ id }: { id: string }) => id
    )
  /** An audience with a member, in a group if one is given. */
  const peopled = Effect.fnUntraced(function* (more: object = {}) {
    const audienceId = yield* audience(more)
    const consumerId = yield* consumer()
    yield* call("POST", `/audiences/${audienceId}/members`, { consumerIds: [consumerId] })
    return { audienceId, consumerId }
  })
  return { key, call, unique, audience, consumer, rule, peopled }
})
export type World = Effect.Success<typeof freshWorld>
