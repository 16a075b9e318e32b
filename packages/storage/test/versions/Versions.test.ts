import { emptyBlock, set, xor } from "@audiences/engine/memberships/Block"
import type { PageQuery } from "@audiences/domain/Page"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Versions } from "@audiences/engine/versions/Versions"
import { VersionRepo } from "@audiences/engine/versions/VersionRepo"
import { copyPresent } from "@audiences/storage/versions/Copies"
import { VersionRepoSql } from "@audiences/storage/versions/VersionRepoSql"
import { publishVersion } from "@audiences/storage/memberships/Publication"
import { readBlocks } from "@audiences/storage/memberships/StoredBlocks"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { insertPeople } from "../People.ts"
import { freshActor, makeAudience, ServiceTest } from "../Service.ts"

const people = 8
const day = (n: number) => DateTime.makeUnsafe(Date.UTC(2026, 0, 1 + n))

const Step = Schema.Union([
  Schema.TaggedStruct("flip", {
    who: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: people - 1 })))
  }),
  Schema.TaggedStruct("copy", {}),
  Schema.TaggedStruct("snapshot", {})
])

layer(Versions.layer.pipe(Layer.provideMerge(VersionRepoSql), Layer.provideMerge(ServiceTest)))("versions", (it) => {
  it.effect.prop(
    "are what they were, however far back, and forgotten only as a whole",
    {
      steps: Schema.Array(Step).check(Schema.isMinLength(1), Schema.isMaxLength(25)),
      forget: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 25 }))
    },
    ({ forget, steps }) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const versions = yield* Versions
        const repo = yield* VersionRepo
        const actor = yield* freshActor
        const { organizationId } = actor
        const ids = yield* insertPeople(
          organizationId,
          Array.from({ length: people }, () => ({}))
        )
        const { id: audienceId } = yield* makeAudience(actor, { type: "STATIC_LIST" })
        let members = new Set<number>()
        const expected: Array<ReadonlySet<number>> = [members]
        const snapshots = new Set<number>()
        for (const [i, step] of steps.entries()) {
          if (step._tag === "snapshot") {
            const { version } = yield* Effect.orDie(versions.snapshot(actor, audienceId, { name: `${i}` }))
            // An audience without a version gets one.
            if (version === expected.length) expected.push(members)
            snapshots.add(version)
            continue
          }
          if (step._tag === "copy") {
            if (expected.length > 1) yield* sql.withTransaction(copyPresent(sql, organizationId, audienceId))
            continue
          }
          const flips = emptyBlock()
          const after = new Set(members)
          for (const who of new Set(step.who)) {
            set(flips, who)
            if (!after.delete(who)) after.add(who)
          }
          yield* sql.withTransaction(
            Effect.gen(function* () {
              const stored = yield* readBlocks(sql, organizationId, audienceId, "all")
              const publication = { organizationId, audienceId, cause: "manual", now: day(expected.length) }
              yield* publishVersion(sql, publication, stored, new Map([[0, xor(flips, emptyBlock())]]))
            })
          )
          members = after
          expected.push(members)
        }
        const present = expected.length - 1
        yield* repo.prune(day(forget))
        for (let version = 1; version <= present; version++) {
          const read = yield* Effect.result(versions.members(organizationId, audienceId, version, { first: 100 }))
          // The last one before the instant was the membership at that instant.
          const kept = version >= forget - 1 || version === present || snapshots.has(version)
          if (read._tag === "Success") {
            assert.deepStrictEqual(
              read.success.data.map(({ id }) => ids.indexOf(id)),
              [...expected[version]!].sort((a, b) => a - b)
            )
          } else assert.strictEqual(read.failure._tag, "VersionNotRetained")
          if (kept)
            assert.strictEqual(read._tag, "Success", `version ${version} of ${present}, forgotten before ${forget}`)
        }
      }).pipe(Effect.orDie),
    { timeout: 60_000, arbitrary: { runs: 60 } }
  )

  it.effect("refuse to go on with a list of members that has gone on for longer than they are kept", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const repo = yield* VersionRepo
      const actor = yield* freshActor
      const [first, second, third] = yield* insertPeople(actor.organizationId, [{}, {}, {}])
      const { id } = yield* makeAudience(actor, { type: "STATIC_LIST" })
      const list = (query: PageQuery) => memberships.list(actor.organizationId, id, query)
      yield* memberships.add(actor, id, { consumerIds: [first!, second!] })
      const { pageInfo } = yield* list({ first: 1 })
      yield* memberships.add(actor, id, { consumerIds: [third!] })
      yield* memberships.remove(actor, id, { consumerIds: [first!] })
      const after = pageInfo.endCursor!
      const rest = yield* list({ first: 5, after })
      assert.deepStrictEqual(
        rest.data.map((each) => each.id),
        [second]
      )
      yield* repo.prune(DateTime.makeUnsafe(Date.UTC(2100, 0, 1)))
      const refused = yield* Effect.flip(list({ first: 5, after }))
      assert.include(JSON.stringify(refused), "no longer kept")
      assert.lengthOf((yield* list({ first: 5 })).data, 2)
    })
  )
})
