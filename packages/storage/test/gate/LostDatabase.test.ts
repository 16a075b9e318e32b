import { AudienceId } from "@audiences/domain/AudienceId"
import { Gate } from "@audiences/engine/gate/Gate"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { assert, layer } from "@effect/vitest"
import { Clock, Context, DateTime, Effect, Layer, Redacted, References } from "effect"
import { inject } from "vitest"
import type {} from "../../../../tools/vitest/postgres.ts"
import { insertPeople } from "../People.ts"
import { freshActor, makeAudience, ServiceTest, unknownAudience } from "../Service.ts"
import { GateProcess, until } from "./GateService.ts"
import { severable } from "./Severable.ts"

const Quiet = Layer.succeed(References.MinimumLogLevel, "Fatal")

/** A gate of its own whose database can be lost, an audience that it has loaded and one that it has not. */
const setting = Effect.gen(function* () {
  const way = yield* severable(inject("postgresUrl"))
  const context = yield* Layer.build(
    GateProcess.pipe(Layer.provide(Postgres({ url: Redacted.make(way.url), maxConnections: 4 })), Layer.provide(Quiet))
  )
  const gate = Context.get(context, Gate)
  const actor = yield* freshActor
  const { organizationId } = actor
  const [inside, outside] = yield* insertPeople(organizationId, [{}, {}])
  const memberships = yield* Memberships
  const [loaded, cold] = [
    yield* makeAudience(actor, { type: "STATIC_LIST" }),
    yield* makeAudience(actor, { type: "STATIC_LIST" })
  ]
  yield* memberships.add(actor, loaded.id, { consumerIds: [inside!] })
  const check = (consumer = inside!, audience = loaded.id, maxStaleSeconds?: number) =>
    gate.check(organizationId, audience, consumer, maxStaleSeconds === undefined ? {} : { maxStaleSeconds })
  assert.strictEqual((yield* check()).status, "IN")
  yield* until(
    Effect.sync(() => gate.recall(organizationId, loaded.id, outside!, {})),
    (answer) => answer !== undefined
  )
  return { actor, check, cold, gate, inside: inside!, loaded, memberships, outside: outside!, way }
})

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const answer = yield* effect
    return [answer, (yield* Clock.currentTimeMillis) - began] as const
  })

layer(ServiceTest, { excludeTestServices: true })("A gate without its database", (it) => {
  for (const loss of ["cut", "jam"] as const) {
    it.effect(`says what was last known, and as of when, or that it does not know (${loss})`, () =>
      Effect.gen(function* () {
        const { actor, check, cold, gate, inside, loaded, memberships, outside, way } = yield* setting
        const lostAt = yield* DateTime.now
        yield* way[loss]
        const stale = yield* until(check(), (answer) => answer.stale)
        assert.deepInclude(stale, { status: "IN", version: 1, archived: false })
        assert.isAtMost(DateTime.toEpochMillis(stale.asOf!), DateTime.toEpochMillis(lostAt) + 100)
        assert.deepInclude(yield* check(outside), { status: "OUT", version: 1, stale: true, asOf: stale.asOf })

        const [unloaded, waited] = yield* timed(check(inside, cold.id))
        assert.deepStrictEqual(unloaded, { status: "UNKNOWN", version: null, asOf: null, stale: true, archived: false })
        assert.isBelow(waited, 10_000)
        const [absent] = yield* timed(check(inside, AudienceId.make(yield* unknownAudience)))
        assert.strictEqual(absent.status, "UNKNOWN")
        const [somebody] = yield* insertPeople(actor.organizationId, [{}])
        assert.deepInclude(yield* check(somebody), { status: "UNKNOWN", version: 1 })
        assert.strictEqual((yield* check(inside, loaded.id, 0)).status, "UNKNOWN")
        assert.strictEqual((yield* check(inside, loaded.id, 3600)).status, "IN")

        const { results } = yield* gate.checkAll(
          actor.organizationId,
          loaded.id,
          {},
          { consumers: [{ consumerId: inside }, { email: "ada@example.com" }, { consumerId: outside }] }
        )
        assert.deepStrictEqual(
          results.map(({ consumerId, status }) => [consumerId, status]),
          [
            [inside, "IN"],
            [null, "UNKNOWN"],
            [outside, "OUT"]
          ]
        )

        yield* memberships.remove(actor, loaded.id, { consumerIds: [inside] })
        yield* way.mend
        const found = yield* until(check(), (answer) => !answer.stale)
        assert.deepInclude(found, { status: "OUT", version: 2 })
        assert.strictEqual((yield* check(somebody)).status, "OUT")
      }).pipe(Effect.scoped)
    )
  }

  it.effect("that never had one knows nothing", () =>
    Effect.gen(function* () {
      const way = yield* severable(inject("postgresUrl"))
      const context = yield* Layer.build(
        GateProcess.pipe(
          Layer.provide(Postgres({ url: Redacted.make(way.url), maxConnections: 4 })),
          Layer.provide(Quiet)
        )
      )
      yield* way.jam
      const actor = yield* freshActor
      const [person] = yield* insertPeople(actor.organizationId, [{}])
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const [answer, waited] = yield* timed(Context.get(context, Gate).check(actor.organizationId, id, person!, {}))
      assert.strictEqual(answer.status, "UNKNOWN")
      assert.isBelow(waited, 10_000)
    }).pipe(Effect.scoped)
  )
})
