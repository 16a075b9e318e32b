import { Ahead, type AheadListener } from "@audiences/server/http/Ahead"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { NetAddress } from "effect/net"
import { connect } from "node:net"
import { ask, json } from "../Answer.ts"
import { freshKey, TestServer } from "../TestServer.ts"

const absent = "0190a000-0000-7000-8000-00000000ffff"
const person = { emailVerified: false, phoneVerified: false, status: "ACTIVE" }

/** The answer to a request as it is written, byte for byte but for the times that it tells. */
const raw = (request: string) =>
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const { hostname, port } = new URL(NetAddress.formatUrlUnsafe(address))
    const text = yield* Effect.promise(
      () =>
        new Promise<string>((resolve, reject) => {
          const chunks: Array<Buffer> = []
          const socket = connect(Number(port), hostname, () => socket.end(request))
          socket.on("data", (chunk) => chunks.push(chunk))
          socket.on("end", () => resolve(Buffer.concat(chunks).toString("latin1")))
          socket.on("error", reject)
        })
    )
    return text.replace(/\r\nDate: [^\r]*/g, "").replace(/(?<="asOf":")[^"]*/g, "")
  })

/** Asks with the listener ahead of the router, and without; `ahead` tells whether it answered. */
const bothWays = Effect.fnUntraced(function* (request: string) {
  const place = yield* Ahead
  const installed = place.installed()
  assert.isDefined(installed)
  let ahead = false
  const watched: AheadListener = (...each) => (ahead = installed(...each))
  yield* place.install(watched)
  const first = yield* raw(request)
  yield* place.install(undefined)
  const second = yield* raw(request)
  yield* place.install(installed)
  return { ahead, first, second }
})

/** A membership with somebody inside and somebody outside. */
const setting = Effect.gen(function* () {
  const { key } = yield* freshKey
  const { json: consumers } = yield* ask("/api/consumers/batch", { key, ...json({ consumers: [person, person] }) })
  const { json: list } = yield* ask("/api/audiences", { key, ...json({ name: "List", type: "STATIC_LIST" }) })
  const [inside, outside] = consumers.map(({ id }: { id: string }) => id) as [string, string]
  const members = `/api/audiences/${list.id}/members`
  yield* ask(members, { key, ...json({ consumerIds: [inside] }) })
  return { key, inside, outside, list: list.id as string, members }
})

layer(TestServer, { excludeTestServices: true })("the listener ahead of the router", (it) => {
  it.effect("answers as the router does, byte for byte, and leaves to it what is no plain question", () =>
    Effect.gen(function* () {
      const { inside, key, list, members, outside } = yield* setting
      const get = (path: string, lines: ReadonlyArray<string> = [], line = `GET ${path} HTTP/1.1`) =>
        [line, "host: test", `authorization: Bearer ${key}`, "x-request-id: r-1", ...lines, "", ""].join("\r\n")
      const cases: ReadonlyArray<readonly [boolean, string]> = [
        [true, get(`${members}/${inside}`)],
        [true, get(`${members}/${outside}`)],
        [true, get(`${members}/${inside}?maxStaleSeconds=3600`)],
        [true, get(`${members}/${inside}`, ["accept: text/html", "cookie: a=b", "accept-encoding: gzip"])],
        [true, get(`${members}/${inside}`, ["connection: close"])],
        [true, get(`${members}/${outside}`) + get(`${members}/${inside}`)],
        [false, get(`${members}/${inside.toUpperCase()}`)],
        [false, get(`${members}/${inside}?maxStaleSeconds=x`)],
        [false, get(`${members}/${inside}?maxStaleSeconds=1&other=2`)],
        [false, get(`${members}/${inside}?`)],
        [false, get(`${members}/${inside}/`)],
        [false, get(`${members}/${absent}`)],
        [false, get(`/api/audiences/${absent}/members/${inside}`)],
        [false, get(`${members}/nobody`)],
        [false, get("", [], `HEAD ${members}/${inside} HTTP/1.1`)],
        [false, get("", [], `DELETE ${members}/${inside} HTTP/1.1`)],
        [false, get("", [], `GET ${members}/${inside} HTTP/1.0`)],
        [false, get(`${members}/${inside}`, ["content-length: 2"]) + "{}"],
        [false, get(`${members}/${inside}`).replace(key, `${key}x`)],
        [false, get(`${members}/${inside}`).replace("Bearer", "Basic")],
        [false, get(`${members}/${inside}`).replace(/authorization[^\r]*\r\n/, "")],
        [false, get(`/api/audiences/${list}`)]
      ]
      for (const [isAhead, request] of cases) {
        // What is known by heart, the key among it, is read again now and then, and the first time by the router.
        const asked = yield* Effect.repeat(bothWays(request), { until: ({ ahead }) => ahead || !isAhead, times: 2000 })
        assert.strictEqual(asked.first, asked.second)
        assert.strictEqual(asked.ahead, isAhead, request)
      }
    })
  )

  it.effect("gives every answer an id of its own, unless the caller did", () =>
    Effect.gen(function* () {
      const { inside, key, members } = yield* setting
      const idOf = (given?: string) =>
        Effect.map(
          ask(`${members}/${inside}`, { key, ...(given === undefined ? {} : { headers: { "x-request-id": given } }) }),
          ({ headers }) => headers.get("x-request-id")
        )
      assert.strictEqual(yield* idOf("order-7"), "order-7")
      const ids = [yield* idOf(), yield* idOf(), yield* idOf("two words")]
      for (const id of ids) assert.match(id!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
      assert.strictEqual(new Set(ids).size, 3)
    })
  )
})
