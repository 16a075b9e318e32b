import { AudienceCreate } from "@audiences/domain/Audience"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { Evaluator } from "@audiences/engine/memberships/Evaluator"
import { JobQueue } from "@audiences/engine/jobs/JobQueue"
import { PublicationFeed } from "@audiences/engine/memberships/PublicationFeed"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { AudienceRepoSql } from "@audiences/storage/audiences/AudienceRepoSql"
import { EvaluatorColumns } from "@audiences/storage/columns/EvaluatorColumns"
import { MembershipRepoSql } from "@audiences/storage/memberships/MembershipRepoSql"
import { SettingsRepoSql } from "@audiences/storage/settings/SettingsRepoSql"
import { DateTime, Effect, Layer, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { rounded, type Row } from "../Benchmark.ts"
import { many } from "../data/audiences.mjs"
import { now } from "../data/gen-consumers.mjs"
import { assertSame, columnOptions, conditionOf, faster, millisOf, type Subject } from "./Subject.ts"

const Queue = Layer.succeed(JobQueue, {
  enqueue: () => Effect.void,
  work: () => Effect.void
})
const Feed = Layer.succeed(PublicationFeed, { announce: () => Effect.void, announcements: Stream.never })
const Clock = Layer.succeed(DatabaseClock, {
  now: Effect.succeed(DateTime.makeUnsafe(now))
})

/** Audiences as the server refreshes them, at the generator's now. */
const Service = Layer.mergeAll(Audiences.layer, Refreshes.layer).pipe(
  Layer.provideMerge(EvaluatorColumns(columnOptions)),
  Layer.provide([AudienceRepoSql, MembershipRepoSql, SettingsRepoSql, Queue, Feed, Clock])
)

const decodeStored = Schema.decodeUnknownEffect(
  Schema.Tuple([
    Schema.Struct({
      bytes: Schema.Finite,
      history: Schema.Finite,
      members: Schema.Finite
    })
  ])
)

const timed = <E, R>(work: Effect.Effect<unknown, E, R>) =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(work, () => performance.now() - start)
  })

const refreshAll = Effect.fnUntraced(function* ({ organizationId }: Subject) {
  const audiences = yield* Audiences
  const refreshes = yield* Refreshes
  const sql = yield* SqlClient.SqlClient
  const decode = Schema.decodeUnknownEffect(AudienceCreate)
  // Nothing was followed later than the generator's now: else what is published is brought up to that.
  yield* sql`
    UPDATE membership_publishers SET followed_until = ${DateTime.formatIso(DateTime.makeUnsafe(now))}::text::timestamptz`
  const made = yield* Effect.forEach(many, (rules, i) =>
    Effect.flatMap(decode({ name: `Audience ${i}`, type: "DYNAMIC", rules }), (input) =>
      audiences.create({ organizationId, name: "key:bench" }, input)
    )
  )
  const evaluator = yield* Evaluator
  const at = DateTime.makeUnsafe(now)
  const evaluate = Effect.forEach(many, (rules) => evaluator.evaluate(organizationId, conditionOf(rules), at), {
    discard: true
  })
  const refresh = Effect.forEach(made, ({ id }) => refreshes.run(organizationId, id), { discard: true })
  const cold = yield* timed(evaluate)
  const warm = yield* timed(evaluate)
  const first = yield* timed(refresh)
  const [stored] = yield* decodeStored(
    yield* sql`
        SELECT pg_total_relation_size('audience_blocks')::float8 AS bytes, pg_total_relation_size('audience_version_blocks')::float8 AS history,
          (SELECT sum(member_count)::float8 FROM audience_blocks) AS members`
  )
  const again = Effect.andThen(sql`UPDATE audiences SET refreshes_requested = refreshes_requested + 1`, timed(refresh))
  return { cold, warm, first, unchanged: yield* again, ...stored }
}, Effect.provide(Service))

/** Two hundred audiences, refreshed one after the other, beside as many counts. */
export const manyAudiences = async (subject: Subject): Promise<ReadonlyArray<Row>> => {
  const { bytes, cold, first, history, members, unchanged, warm } = await subject.run(refreshAll(subject))
  let counted = 0
  const postgres = await millisOf(async () => {
    for (const rules of many) counted += await subject.count(conditionOf(rules))
  })
  assertSame(`The ${many.length} audiences`, counted, members)
  return [
    faster(`${many.length} audiences evaluated, columns loaded, beside as many counts`, warm, postgres, 12),
    faster("the same, evaluated and stored", first, postgres, 12),
    faster("the same again: evaluated, and nothing new to store", unchanged, postgres),
    faster("the same, from nothing loaded, a field at a time: evaluated", cold, postgres),
    {
      work: `their membership as stored (${rounded(members)} members), beside their first versions in the history`,
      figure: `${rounded(bytes / 1e6)} MB`,
      reference: `${rounded(history / 1e6)} MB`,
      ratio: null,
      reach: "≤ 30 MB",
      met: bytes <= 30e6
    }
  ]
}
