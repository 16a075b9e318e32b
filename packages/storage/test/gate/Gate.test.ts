import { ConsumerId } from "@audiences/domain/Consumer"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { Gate } from "@audiences/engine/gate/Gate"
import { defaultGateLimits, GateLimits } from "@audiences/engine/gate/GateLimits"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { assert, layer } from "@effect/vitest"
import { Clock, Context, DateTime, Effect, Layer } from "effect"
import { archivePerson, freshActor, makeAudience, runRefreshes, ServiceTest, unknownAudience } from "../Service.ts"
import { changePerson, insertPeople, skipOrdinals } from "../People.ts"
import { GateProcess, until } from "./GateService.ts"

const rich = { type: "DYNAMIC", rules: [{ field: "loyaltyBalance", operator: "GREATER_THAN", values: [10] }] }
const unknownConsumer = ConsumerId.make("0190a000-0000-7000-8000-00000000ffff")

layer(GateProcess.pipe(Layer.provideMerge(ServiceTest)), { excludeTestServices: true })("Gate", (it) => {
  it.effect("knows nothing of an audience before it is evaluated, and then who is in it", () =>
    Effect.gen(function* () {
      const gate = yield* Gate
      const actor = yield* freshActor
      const { organizationId } = actor
      const [poor, wealthy] = yield* insertPeople(organizationId, [{}, { loyaltyBalance: 11 }])
      const { id } = yield* makeAudience(actor, rich)
      const before = yield* gate.check(organizationId, id, wealthy!, {})
      assert.deepStrictEqual(before, { status: "UNKNOWN", version: 0, asOf: null, stale: true, archived: false })
      yield* runRefreshes(organizationId)
      const { asOf, ...answer } = yield* until(
        gate.check(organizationId, id, wealthy!, {}),
        ({ version }) => version === 1
      )
      assert.deepStrictEqual(answer, { status: "IN", version: 1, stale: false, archived: false })
      assert.isNotNull(asOf)
      assert.strictEqual((yield* gate.check(organizationId, id, poor!, {})).status, "OUT")
    })
  )

  it.effect("finds neither what nobody has nor what another organization has", () =>
    Effect.gen(function* () {
      const gate = yield* Gate
      const [mine, theirs] = [yield* freshActor, yield* freshActor]
      const [person] = yield* insertPeople(mine.organizationId, [{}])
      const [stranger] = yield* insertPeople(theirs.organizationId, [{}])
      const list = yield* makeAudience(mine, { type: "STATIC_LIST" })
      const tag = (organizationId = mine.organizationId, audience = list.id, consumer = person!) =>
        gate.check(organizationId, audience, consumer, {}).pipe(
          Effect.map(({ status }): string => status),
          Effect.catch(({ _tag }) => Effect.succeed(_tag))
        )
      assert.strictEqual(yield* tag(), "OUT")
      assert.strictEqual(yield* tag(mine.organizationId, yield* unknownAudience), "AudienceNotFound")
      assert.strictEqual(yield* tag(mine.organizationId, list.id, unknownConsumer), "ConsumerNotFound")
      assert.strictEqual(yield* tag(mine.organizationId, list.id, stranger), "ConsumerNotFound")
      assert.strictEqual(yield* tag(theirs.organizationId, list.id, stranger), "AudienceNotFound")
    })
  )

  it.effect("says OUT of the archived, consumers as audiences", () =>
    Effect.gen(function* () {
      const gate = yield* Gate
      const audiences = yield* Audiences
      const actor = yield* freshActor
      const { organizationId } = actor
      const [left, right] = yield* insertPeople(organizationId, [{}, {}])
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      yield* (yield* Memberships).add(actor, id, { consumerIds: [left!, right!] })
      assert.strictEqual((yield* gate.check(organizationId, id, left!, {})).status, "IN")
      yield* archivePerson(organizationId, left!)
      yield* until(gate.check(organizationId, id, left!, {}), ({ status }) => status === "OUT")
      assert.strictEqual((yield* gate.check(organizationId, id, right!, {})).status, "IN")
      yield* audiences.archive(actor, id)
      const answer = yield* until(gate.check(organizationId, id, right!, {}), ({ archived }) => archived)
      assert.deepInclude(answer, { status: "OUT", version: 2, stale: false })
    })
  )

  it.effect("is not fresh while a write waits to be followed, and tells up to when it is", () =>
    Effect.gen(function* () {
      const gate = yield* Gate
      const actor = yield* freshActor
      const { organizationId } = actor
      const [person] = yield* insertPeople(organizationId, [{}])
      const { id } = yield* makeAudience(actor, rich)
      yield* runRefreshes(organizationId)
      yield* until(gate.check(organizationId, id, person!, {}), ({ version }) => version === 1)
      yield* changePerson(organizationId, person!, 50)
      const written = yield* DateTime.now
      const answer = yield* gate.check(organizationId, id, person!, { maxStaleSeconds: 3600 })
      assert.strictEqual(answer.status, "OUT")
      const behind = yield* until(gate.check(organizationId, id, person!, {}), ({ stale }) => stale)
      assert.isAtMost(DateTime.toEpochMillis(behind.asOf!), DateTime.toEpochMillis(written))
      yield* Effect.sleep("100 millis")
      assert.strictEqual((yield* gate.check(organizationId, id, person!, { maxStaleSeconds: 0 })).status, "UNKNOWN")
    })
  )

  it.effect("reads at once what has to be of this moment", () =>
    Effect.gen(function* () {
      const gate = yield* Gate
      const actor = yield* freshActor
      const { organizationId } = actor
      const [person] = yield* insertPeople(organizationId, [{}])
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const memberships = yield* Memberships
      for (let round = 0; round < 5; round++) {
        yield* memberships.add(actor, id, { consumerIds: [person!] })
        const entered = yield* gate.check(organizationId, id, person!, { maxStaleSeconds: 0 })
        assert.deepInclude(entered, { status: "IN", version: 2 * round + 1 })
        yield* memberships.remove(actor, id, { consumerIds: [person!] })
        const left = yield* gate.check(organizationId, id, person!, { maxStaleSeconds: 0 })
        assert.deepInclude(left, { status: "OUT", version: 2 * round + 2 })
      }
    })
  )

  it.effect("shows in every process within a second what one has published, over all blocks", () =>
    Effect.gen(function* () {
      const actor = yield* freshActor
      const { organizationId } = actor
      const people = [...(yield* insertPeople(organizationId, [{}, {}]))]
      for (let block = 0; block < 3; block++) {
        yield* skipOrdinals(organizationId, 65_536)
        people.push(...(yield* insertPeople(organizationId, [{}, {}])))
      }
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const gates = [
        yield* Gate,
        Context.get(yield* Layer.build(GateProcess), Gate),
        Context.get(yield* Layer.build(GateProcess), Gate)
      ]
      const members = new Set<ConsumerId>()
      const memberships = yield* Memberships
      for (let round = 1; round <= 12; round++) {
        const chosen = people.filter((_, i) => (i * 7 + round * 5) % 3 === 0)
        const [entering, leaving] = [
          chosen.filter((each) => !members.has(each)),
          chosen.filter((each) => members.has(each))
        ]
        if (entering.length > 0) yield* memberships.add(actor, id, { consumerIds: entering })
        if (leaving.length > 0) yield* memberships.remove(actor, id, { consumerIds: leaving })
        entering.forEach((each) => members.add(each))
        leaving.forEach((each) => members.delete(each))
        const { version } = yield* memberships.status(organizationId, id)
        const published = yield* Clock.currentTimeMillis
        for (const gate of gates) {
          yield* until(gate.check(organizationId, id, people[0]!, {}), (answer) => answer.version === version)
          assert.isBelow((yield* Clock.currentTimeMillis) - published, 10_000)
          for (const person of people) {
            const answer = yield* gate.check(organizationId, id, person, {})
            assert.deepInclude(answer, { version, status: members.has(person) ? "IN" : "OUT" })
          }
        }
      }
    }).pipe(Effect.scoped)
  )

  it.effect("answers without a memory, too", () =>
    Effect.gen(function* () {
      const gate = Context.get(yield* Layer.build(GateProcess), Gate)
      const actor = yield* freshActor
      const { organizationId } = actor
      const [inside, outside] = yield* insertPeople(organizationId, [{}, {}])
      const lists = [
        yield* makeAudience(actor, { type: "STATIC_LIST" }),
        yield* makeAudience(actor, { type: "STATIC_LIST" })
      ]
      for (const { id } of lists) yield* (yield* Memberships).add(actor, id, { consumerIds: [inside!] })
      for (const { id } of [...lists, ...lists]) {
        assert.deepInclude(yield* gate.check(organizationId, id, inside!, {}), { status: "IN", version: 1 })
        assert.deepInclude(yield* gate.check(organizationId, id, outside!, {}), { status: "OUT", version: 1 })
        assert.isUndefined(gate.recall(organizationId, id, inside!, {}))
      }
    }).pipe(Effect.scoped, Effect.provideService(GateLimits, { ...defaultGateLimits, bytes: 1 }))
  )

  it.effect("answers from memory what it has answered once, a new consumer's too", () =>
    Effect.gen(function* () {
      const gate = yield* Gate
      const actor = yield* freshActor
      const { organizationId } = actor
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      for (let round = 0; round < 3; round++) {
        const people = yield* insertPeople(organizationId, [{}, {}, {}])
        assert.isUndefined(gate.recall(organizationId, id, people[1]!, {}))
        const answer = yield* gate.check(organizationId, id, people[1]!, {})
        const recalled = yield* until(
          Effect.sync(() => gate.recall(organizationId, id, people[2]!, {})),
          (each) => each !== undefined
        )
        assert.deepStrictEqual({ ...recalled, asOf: null }, { ...answer, asOf: null })
      }
      assert.isUndefined(gate.recall(organizationId, id, unknownConsumer, {}))
    })
  )
})
