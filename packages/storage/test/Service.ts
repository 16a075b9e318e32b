import { AudienceCreate, type AudienceFull } from "@audiences/domain/Audience"
import type { Actor } from "@audiences/domain/Actor"
import { AudienceId } from "@audiences/domain/AudienceId"
import { type ConsumerFull, ConsumerId, ConsumerNotFound } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import { Uuid } from "@audiences/domain/Uuid"
import { Audiences } from "@audiences/engine/audiences/Audiences"
import { DatabaseClock } from "@audiences/engine/DatabaseClock"
import { type Job, JobQueue } from "@audiences/engine/jobs/JobQueue"
import { Memberships } from "@audiences/engine/memberships/Memberships"
import { Refreshes } from "@audiences/engine/refreshes/Refreshes"
import { Rules } from "@audiences/engine/rules/Rules"
import { AudienceRepoSql } from "@audiences/storage/audiences/AudienceRepoSql"
import { EvaluatorColumns } from "@audiences/storage/columns/EvaluatorColumns"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { MembershipRepoSql } from "@audiences/storage/memberships/MembershipRepoSql"
import { PublicationFeedSql } from "@audiences/storage/memberships/PublicationFeedSql"
import { removeFromAllAudiences } from "@audiences/storage/memberships/RemoveFromAllAudiences"
import { PublisherRepoSql } from "@audiences/storage/publishers/PublisherRepoSql"
import { RuleRepoSql } from "@audiences/storage/rules/RuleRepoSql"
import { SettingsRepoSql } from "@audiences/storage/settings/SettingsRepoSql"
import { Context, DateTime, Effect, Layer, Ref, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization, PostgresTest } from "../../../tools/vitest/PostgresTest.ts"

/** Jobs that were enqueued and not yet taken, in memory. */
export class Jobs extends Context.Service<Jobs, { readonly waiting: Array<Job> }>()("@audiences/storage/test/Jobs") {
  static readonly layer = Layer.sync(Jobs, () => Jobs.of({ waiting: [] }))
}

const JobQueueMemory = Layer.effect(
  JobQueue,
  Effect.map(Jobs, ({ waiting }) =>
    JobQueue.of({
      enqueue: (job) => Effect.sync(() => void waiting.push(job)),
      work: () => Effect.void
    })
  )
)

const UseCases = Layer.mergeAll(Audiences.layer, Rules.layer, Memberships.layer, Refreshes.layer).pipe(
  Layer.provideMerge(
    Layer.mergeAll(
      AudienceRepoSql,
      RuleRepoSql,
      EvaluatorColumns({ memoryBytes: 2 ** 28, threads: 1 }),
      MembershipRepoSql,
      PublicationFeedSql,
      PublisherRepoSql,
      SettingsRepoSql,
      JobQueueMemory
    )
  ),
  Layer.provideMerge(Jobs.layer)
)

/** The use cases of audiences over the test database; jobs wait until a test runs them. */
export const ServiceTest = UseCases.pipe(Layer.provideMerge(DatabaseClockSql), Layer.provideMerge(PostgresTest))

/** What the database's clock shows, in tests that move it. */
export class MovableClock extends Context.Service<MovableClock, Ref.Ref<DateTime.Utc>>()(
  "@audiences/storage/test/MovableClock"
) {
  static readonly layer = Layer.effect(MovableClock, Effect.flatMap(DateTime.now, Ref.make))
}

const DatabaseClockMovable = Layer.effect(
  DatabaseClock,
  Effect.map(MovableClock, (clock) => DatabaseClock.of({ now: Ref.get(clock) }))
)

/** The same, with a clock that a test moves. */
export const ServiceWithMovableClock = UseCases.pipe(
  Layer.provideMerge(DatabaseClockMovable),
  Layer.provideMerge(MovableClock.layer),
  Layer.provideMerge(PostgresTest)
)

export const actorOf = (organizationId: OrganizationId): Actor => ({ organizationId, name: "key:test" })

export const freshActor = Effect.map(freshOrganization, actorOf)

/** The jobs that wait for the organization. */
export const jobsOf = (organizationId: OrganizationId) =>
  Effect.map(Jobs, ({ waiting }) => waiting.filter((job) => job.organizationId === organizationId))

/** Runs every refresh that waits for the organization. */
export const runRefreshes = Effect.fnUntraced(function* (organizationId: OrganizationId) {
  const { waiting } = yield* Jobs
  const refreshes = yield* Refreshes
  for (const job of waiting.splice(0)) {
    if (job.organizationId !== organizationId) waiting.push(job)
    else if (job._tag === "Refresh") yield* refreshes.run(organizationId, job.audienceId)
  }
})

const decodeCreate = Schema.decodeUnknownEffect(AudienceCreate)

/** An audience as a request would make it. */
export const makeAudience = Effect.fnUntraced(function* (
  actor: Actor,
  input: Record<string, unknown>
): Effect.fn.Return<AudienceFull, never, Audiences> {
  const audiences = yield* Audiences
  return yield* Effect.orDie(audiences.create(actor, yield* Effect.orDie(decodeCreate({ name: "Audience", ...input }))))
})

export const unknownAudience = Effect.map(Effect.flatten(Uuid), (id) => AudienceId.make(id))

/** As the archiving of consumers does it. */
export const archivePerson = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ConsumerId) {
  const sql = yield* SqlClient.SqlClient
  yield* sql
    .withTransaction(
      Effect.gen(function* () {
        const [row] = yield* sql<{ ordinal: number }>`
      UPDATE consumers SET archived = true WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid RETURNING ordinal`
        if (row === undefined) return yield* new ConsumerNotFound()
        yield* removeFromAllAudiences(sql, organizationId, row.ordinal, yield* DateTime.now)
        yield* sql`SELECT record_change(${organizationId}::uuid, ${[row.ordinal]}::int[], NULL, NULL)`
      })
    )
    .pipe(Effect.orDie)
})

/** Everybody whom the list of members pages through. */
export const allMembers = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  audienceId: AudienceId,
  first = 100
) {
  const memberships = yield* Memberships
  const ids: Array<ConsumerId> = []
  let after: string | null = null
  do {
    const page: Page<ConsumerFull> = yield* Effect.orDie(
      memberships.list(organizationId, audienceId, { first, ...(after === null ? {} : { after }) })
    )
    ids.push(...page.data.map(({ id }) => ConsumerId.make(id)))
    after = page.pageInfo.endCursor
  } while (after !== null)
  return ids
})
