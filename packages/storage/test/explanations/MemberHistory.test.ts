import { Memberships } from "@audiences/engine/memberships/Memberships"
import { ExplanationRepo } from "@audiences/engine/explanations/ExplanationRepo"
import { ExplanationRepoSql } from "@audiences/storage/explanations/ExplanationRepoSql"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { insertPeople } from "../People.ts"
import { freshActor, makeAudience, ServiceTest } from "../Service.ts"

layer(ExplanationRepoSql.pipe(Layer.provideMerge(ServiceTest)), { excludeTestServices: true })("Explanations", (it) => {
  it.effect("know the version in which each consumer changed sides last, and how far the history reaches", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const repo = yield* ExplanationRepo
      const memberships = yield* Memberships
      const actor = yield* freshActor
      const { organizationId } = actor
      // Offsets whose bytes stand beside each other as those of a third: 1 and 256 hold 257.
      const everybody = yield* insertPeople(
        organizationId,
        Array.from({ length: 520 }, () => ({}))
      )
      const people = [0, 1, 2, 255, 256, 257, 258, 512, 513].map((ordinal) => everybody[ordinal]!)
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const members = new Set<string>()
      const expected = new Map<string, number>()
      for (let version = 1; version <= 12; version++) {
        const chosen = people.filter((_, i) => (i * 5 + version * 3) % 4 < 2)
        const change = version % 2 === 1 ? memberships.add : memberships.remove
        const flipped = chosen.filter((each) => members.has(each) === (version % 2 === 0))
        assert.isNotEmpty(flipped)
        yield* change(actor, id, { consumerIds: chosen })
        for (const each of flipped) {
          expected.set(each, version)
          if (!members.delete(each)) members.add(each)
        }
      }
      const facts = (consumer: (typeof people)[number]) =>
        Effect.flatMap(DateTime.now, (now) => repo.facts(organizationId, id, consumer, now))
      for (const person of people) {
        const { chosen, isMember, since } = yield* facts(person)
        assert.deepStrictEqual(
          [since.version, isMember, chosen !== null],
          [expected.get(person) ?? null, members.has(person), members.has(person)]
        )
      }
      const never = yield* facts(everybody[3]!)
      assert.deepStrictEqual(never.since, { at: null, version: null, cause: null, before: null })

      const place = sql`organization_id = ${organizationId}::uuid AND audience_id = ${id}::uuid AND version < 100`
      yield* sql`DELETE FROM audience_version_blocks WHERE ${place}`
      yield* sql`DELETE FROM audience_versions WHERE ${place} AND version < 12`
      const forgotten = yield* facts(people[0]!)
      assert.deepInclude(forgotten.since, { at: null, version: null })
      assert.isNotNull(forgotten.since.before)
    })
  )
})
