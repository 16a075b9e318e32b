import type { Actor } from "@audiences/domain/Actor"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { NoMembershipYet, Snapshot, SnapshotNameTaken, VolatileDay } from "@audiences/domain/AudienceVersion"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { MemberRequest } from "@audiences/engine/memberships/MemberPaging"
import { VersionRepo } from "@audiences/engine/versions/VersionRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { lockAudience } from "../audiences/LockedAudience.ts"
import { audit } from "../audit/Audit.ts"
import { blocksAsOf } from "../memberships/MemberPages.ts"
import { readMemberPage } from "../memberships/MemberTravel.ts"
import { publishVersion } from "../memberships/Publication.ts"
import { contended } from "../postgres/Contended.ts"
import { copyPresent, pruneVersions, readMoved } from "./Copies.ts"
import { decodeVersions, presentVersion, readVersion, versionColumns } from "./VersionRow.ts"

const { volatility: _, ...dayFields } = VolatileDay.fields
const decodeDays = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct(dayFields)))
const decodeSnapshots = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ ...Snapshot.fields, createdAt: Schema.DateTimeUtcFromDate }))
)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const snapshotView = sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`

  const history = Effect.fn("VersionRepo.history")(
    function* (organizationId: OrganizationId, audienceId: AudienceId, before: number | null, limit: number) {
      yield* presentVersion(sql, organizationId, audienceId)
      const rows = yield* sql`
        SELECT ${versionColumns(sql)} FROM audience_versions v
        WHERE v.organization_id = ${organizationId}::uuid AND v.audience_id = ${audienceId}::uuid
          AND ${before === null ? sql`true` : sql`v.version < ${before}::bigint`}
        ORDER BY v.version DESC LIMIT ${limit}`
      return yield* decodeVersions(rows)
    },
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const days = Effect.fn("VersionRepo.days")(
    function* (organizationId: OrganizationId, audienceId: AudienceId, since: DateTime.Utc) {
      yield* presentVersion(sql, organizationId, audienceId)
      const rows = yield* sql`
        SELECT to_char(v.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(v.entered_count)::float8 AS entered,
          sum(v.left_count)::float8 AS "left", (array_agg(v.member_count ORDER BY v.version DESC))[1]::float8 AS member_count
        FROM audience_versions v
        WHERE v.organization_id = ${organizationId}::uuid AND v.audience_id = ${audienceId}::uuid
          AND v.published_at >= ${DateTime.formatIso(since)}::text::timestamptz
        GROUP BY 1 ORDER BY 1 DESC`
      return yield* decodeDays(rows)
    },
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const members = Effect.fn("VersionRepo.members")(
    function* (organizationId: OrganizationId, audienceId: AudienceId, version: number, request: MemberRequest) {
      yield* snapshotView
      yield* readVersion(sql, organizationId, audienceId, version)
      const blocksFrom = yield* blocksAsOf(sql, organizationId, audienceId, version)
      return yield* readMemberPage(sql, { organizationId, version, archivedToo: true, blocksFrom }, request)
    },
    sql.withTransaction,
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const readSnapshots = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
    const rows = yield* sql`
      SELECT s.id, s.audience_id, s.name, s.version::float8, c.member_count::float8, s.created_at, s.created_by
      FROM audience_snapshots s JOIN audience_copies c
        ON c.organization_id = s.organization_id AND c.audience_id = s.audience_id AND c.version = s.version
      WHERE s.organization_id = ${organizationId}::uuid AND s.audience_id = ${audienceId}::uuid
      ORDER BY s.created_at DESC, s.id DESC`
    return yield* decodeSnapshots(rows)
  })

  const snapshots = Effect.fn("VersionRepo.snapshots")(
    function* (organizationId: OrganizationId, audienceId: AudienceId) {
      yield* presentVersion(sql, organizationId, audienceId)
      return yield* readSnapshots(organizationId, audienceId)
    },
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const snapshot = Effect.fn("VersionRepo.snapshot")(
    function* (actor: Actor, now: DateTime.Utc, audienceId: AudienceId, id: string, name: string) {
      const { organizationId } = actor
      const { archived, type } = yield* lockAudience(sql, organizationId, audienceId)
      if ((yield* presentVersion(sql, organizationId, audienceId)) === 0) {
        // Only of chosen members it is known before the first version that there are none: a list gets one that says so.
        if (type !== "STATIC_LIST" || archived) return yield* new NoMembershipYet()
        const publication = { organizationId, audienceId, cause: "snapshot", now }
        yield* publishVersion(sql, publication, new Map(), new Map())
      }
      yield* copyPresent(sql, organizationId, audienceId)
      const made = yield* sql`
        INSERT INTO audience_snapshots (organization_id, id, audience_id, version, name, created_at, created_by)
        SELECT organization_id, ${id}::uuid, id, version, ${name}, ${DateTime.formatIso(now)}::text::timestamptz, ${actor.name}
        FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid
        ON CONFLICT (organization_id, audience_id, name) DO NOTHING RETURNING 1`
      if (made.length === 0) return yield* new SnapshotNameTaken()
      const all = yield* readSnapshots(organizationId, audienceId)
      const snapshot = all.find((each) => each.id === id)!
      yield* audit(sql, actor, now, {
        action: "versions.snapshot",
        subjectType: "audience",
        subjectId: audienceId,
        changes: { snapshotId: id, name, version: snapshot.version }
      })
      return snapshot
    },
    contended(sql),
    Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
  )

  const copyMoved = Effect.gen(function* () {
    for (const { audienceId, organizationId } of yield* readMoved(sql)) {
      yield* Effect.andThen(
        lockAudience(sql, organizationId, audienceId),
        copyPresent(sql, organizationId, audienceId)
      ).pipe(contended(sql))
    }
  }).pipe(Effect.orDie, Effect.withSpan("VersionRepo.copyMoved"))

  return VersionRepo.of({
    history,
    days,
    get: Effect.fn("VersionRepo.get")(
      (organizationId: OrganizationId, audienceId: AudienceId, version: number) =>
        readVersion(sql, organizationId, audienceId, version),
      Effect.catchTags({ SqlError: Effect.die, SchemaError: Effect.die })
    ),
    members,
    snapshots,
    snapshot,
    copyMoved,
    prune: Effect.fn("VersionRepo.prune")((before: DateTime.Utc) => pruneVersions(sql, before), Effect.orDie)
  })
})

export const VersionRepoSql = Layer.effect(VersionRepo, make)
