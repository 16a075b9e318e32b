import { Api } from "@audiences/domain/api/Api"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpApi } from "effect/http-api"
import { type Answer, ask, json } from "../Answer.ts"
import { TestServer } from "../TestServer.ts"
import { bodies } from "./Bodies.ts"
import { type Operation, operations } from "./Operations.ts"
import { absent, freshTenant, type Ids, kindOf, type Tenant } from "./Tenant.ts"

/** What a valid call is answered with: one is only for the operator. */
const dueStatus = ({ name }: Operation): number => (name === "organizations.create" ? 400 : 200)

/** Operations that take a STATIC_LIST. */
const isOfList = ({ name }: Operation) => /^(members\.(add|remove)|imports\..*)$/.test(name)

/** An audience of the type that an operation takes. */
const audienceFor = (operation: Operation, { ids, list, sourceless, synced }: Tenant) => {
  const { name } = operation
  if (name === "syncs.start") return Effect.succeed(synced)
  if (name === "syncSources.add") return sourceless
  return Effect.succeed(isOfList(operation) ? list : ids.audience)
}

/** Puts a value where a place leads. */
const placed = (body: unknown, [step, ...rest]: ReadonlyArray<string>, value: unknown): unknown => {
  if (step === undefined) return value
  if (step === "[]") return [placed((body as ReadonlyArray<unknown> | undefined)?.[0], rest, value)]
  const object = body as Readonly<Record<string, unknown>> | undefined
  return { ...object, [step]: placed(object?.[step], rest, value) }
}
const stepsOf = (place: string) => place.replaceAll("[]", ".[]").split(".").slice(1)

/** Parameters of a path that are no ids. */
const named: Readonly<Record<string, string>> = { version: "1", vendor: "klaviyo" }

/** Calls an operation with the caller's own ids, but for one of another's at the place. */
const call = Effect.fnUntraced(function* (operation: Operation, tenant: Tenant, place = "", value = "") {
  const { ids, key, list } = tenant
  const own: Ids = { ...ids, audience: yield* audienceFor(operation, tenant) }
  const [where, param] = place.split(".")
  const path = operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) =>
      named[name] ?? (where === "path" && param === name ? value : own[kindOf(operation.name, `path.${name}`)!])
  )
  const tried = where === "query" ? value : undefined
  const query =
    operation.name === "overlaps.get"
      ? `?audienceIds=${tried ?? ids.audience},${list}`
      : tried === undefined
        ? ""
        : `?${param}=${encodeURIComponent(tried)}`
  // Some bodies repeat an id of the path.
  const body = bodies[operation.name]?.(
    where === "path" ? { ...own, [kindOf(operation.name, place)!]: value } : own,
    place
  )
  const sent = where === "body" ? placed(body, stepsOf(place), value) : body
  const { method } = operation
  return yield* ask(`/api${path}${query}`, { key, ...(operation.hasBody ? json(sent, method) : { method }) })
})

/** What an answer says, but for ids and times: those that were made by two calls differ. */
const gist = ({ status, text }: Answer, tried: string) =>
  `${status} ${text}`
    .replaceAll(tried, "TRIED")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")

/** Everything that a tenant can read of itself. */
const readings = (tenant: Tenant) =>
  Effect.forEach(
    operations.filter(({ method }) => method === "GET"),
    (operation) =>
      Effect.map(
        call(operation, tenant),
        // The gate's answers say as of when they hold, and a key when it was last used, to the minute.
        ({ status, text }) => [operation.name, status, text.replaceAll(/"(asOf|lastUsedAt)":"[^"]*"/g, "")] as const
      )
  )

layer(TestServer, { excludeTestServices: true })("an organization", (it) => {
  it("tries every operation of the contract, and every id that a request may hold", () => {
    const declared: Array<string> = []
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint, group }) => declared.push(`${group.identifier}.${endpoint.identifier}`)
    })
    assert.sameMembers(
      operations.map(({ name }) => name),
      declared
    )
    assert.sameMembers(
      operations.flatMap(({ hasBody, name }) => (hasBody ? [name] : [])),
      Object.keys(bodies)
    )
    const unknown = operations.flatMap(({ name, places }) =>
      places.filter((place) => kindOf(name, place) === undefined)
    )
    assert.deepStrictEqual(unknown, [])
    assert.isAbove(operations.flatMap(({ places }) => places).length, 60)
  })

  it.effect(
    "cannot tell what another one has from what nobody has, and changes nothing of it, by any id of any operation",
    () =>
      Effect.gen(function* () {
        const owner = yield* freshTenant
        yield* owner.evaluated
        const before = yield* readings(owner)
        assert.deepStrictEqual(
          before.flatMap(([name, status]) => (status === 200 ? [] : [[name, status]])),
          []
        )
        const secrets = [...Object.values(owner.ids), owner.list, owner.word]
        for (const operation of operations) {
          const stranger = yield* freshTenant
          // The gate answers differently before and after.
          if (/^(gate|previews)\./.test(operation.name)) yield* stranger.evaluated
          for (const place of operation.places) {
            const kind = kindOf(operation.name, place)!
            const isAudience = kind === "audience" && place !== "query.subjectId"
            const theirs = isAudience ? [owner.ids.audience, owner.list] : [owner.ids[kind]]
            for (const id of theirs) {
              const nobodys = yield* call(operation, stranger, place, absent[kind])
              const answer = yield* call(operation, stranger, place, id)
              const told = `${operation.name} ${place}`
              assert.deepStrictEqual([told, gist(answer, id)], [told, gist(nobodys, absent[kind])])
              if (place.startsWith("path.")) assert.strictEqual(answer.status, 404, told)
              const said = answer.text.replaceAll(id, "")
              assert.deepStrictEqual(
                secrets.filter((secret) => said.includes(secret)),
                [],
                told
              )
            }
          }
          // All of this would prove nothing if the requests were refused for another reason.
          const own = yield* call(operation, stranger)
          assert.deepStrictEqual([operation.name, own.status], [operation.name, dueStatus(operation)], own.text)
          assert.deepStrictEqual(
            secrets.filter((secret) => own.text.includes(secret)),
            [],
            operation.name
          )
        }
        assert.deepStrictEqual(yield* readings(owner), before)
      }),
    120_000
  )

  it.effect("keeps its own email address, phone and external id, whoever else has them", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* freshTenant, yield* freshTenant]
      const { email, externalId, phone } = first.ids
      const consumer = { email, externalId, phone, emailVerified: false, phoneVerified: false, status: "ACTIVE" }
      const [made] = (yield* ask("/api/consumers/batch", { key: second.key, ...json({ consumers: [consumer] }) })).json
      assert.deepInclude(made, { email, phone, primaryExternalId: externalId })
      assert.notStrictEqual(made.id, first.ids.consumer)
    })
  )
})
