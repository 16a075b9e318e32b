import type { Actor } from "@audiences/domain/Actor"
import type { AudienceNotFound } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type {
  AudienceHistory,
  AudienceHistoryQuery,
  AudienceVersion,
  NoMembershipYet,
  Snapshot,
  SnapshotCreate,
  SnapshotNameTaken,
  VersionNotFound,
  VersionNotRetained,
  Volatility,
  VolatilityQuery
} from "@audiences/domain/AudienceVersion"
import type { ConsumerFull } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page, PageQuery } from "@audiences/domain/Page"
import { Uuid } from "@audiences/domain/Uuid"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Context, DateTime, Effect, Layer } from "effect"
import { DatabaseClock } from "../DatabaseClock.ts"
import { memberPaging } from "../memberships/MemberPaging.ts"
import { VersionRepo } from "./VersionRepo.ts"

type Unreadable = AudienceNotFound | VersionNotFound | VersionNotRetained

/** Who was in an audience, and when. */
export class Versions extends Context.Service<
  Versions,
  {
    readonly history: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      query: AudienceHistoryQuery
    ) => Effect.Effect<AudienceHistory, AudienceNotFound>
    readonly volatility: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      query: VolatilityQuery
    ) => Effect.Effect<Volatility, AudienceNotFound>
    readonly get: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      version: number
    ) => Effect.Effect<AudienceVersion, Unreadable>
    /** As they are now, those who were archived since among them. */
    readonly members: (
      organizationId: OrganizationId,
      audienceId: AudienceId,
      version: number,
      query: PageQuery
    ) => Effect.Effect<Page<ConsumerFull>, Unreadable | ValidationError>
    readonly snapshots: (
      organizationId: OrganizationId,
      audienceId: AudienceId
    ) => Effect.Effect<ReadonlyArray<Snapshot>, AudienceNotFound>
    readonly snapshot: (
      actor: Actor,
      audienceId: AudienceId,
      input: SnapshotCreate
    ) => Effect.Effect<Snapshot, AudienceNotFound | NoMembershipYet | SnapshotNameTaken>
    /** Keeps old versions quick to read, and forgets those that are kept no longer. */
    readonly keep: Effect.Effect<void>
  }
>()("@audiences/engine/Versions") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* VersionRepo
      const clock = yield* DatabaseClock

      const history = Effect.fn("Versions.history")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        { before, first = defaultHistory }: AudienceHistoryQuery
      ) {
        // One more than asked for tells whether there is more.
        const versions = yield* repo.history(organizationId, audienceId, before ?? null, first + 1)
        const data = versions.slice(0, first)
        return { audienceId, data, nextBefore: versions.length > first ? (data.at(-1)?.version ?? null) : null }
      })

      const volatility = Effect.fn("Versions.volatility")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        { days = keptDays }: VolatilityQuery
      ) {
        const today = DateTime.startOf(yield* clock.now, "day")
        const moved = yield* repo.days(organizationId, audienceId, DateTime.subtract(today, { days: days - 1 }))
        const data = moved.map((day) => ({
          ...day,
          volatility: (day.entered + day.left) / Math.max(1, day.memberCount)
        }))
        return { audienceId, days, perDay: data.reduce((sum, day) => sum + day.volatility, 0) / days, data }
      })

      const members = Effect.fn("Versions.members")(function* (
        organizationId: OrganizationId,
        audienceId: AudienceId,
        version: number,
        query: PageQuery
      ) {
        const pages = memberPaging("version-members", audienceId, [String(version)])
        return pages.page(yield* repo.members(organizationId, audienceId, version, yield* pages.request(query)))
      })

      const snapshot = Effect.fn("Versions.snapshot")(function* (
        actor: Actor,
        audienceId: AudienceId,
        { name }: SnapshotCreate
      ) {
        return yield* repo.snapshot(actor, yield* clock.now, audienceId, yield* yield* Uuid, name)
      })

      const keep = Effect.gen(function* () {
        yield* repo.copyMoved
        yield* repo.prune(DateTime.subtract(yield* clock.now, { days: keptDays }))
      }).pipe(Effect.withSpan("Versions.keep"))

      return Versions.of({
        history,
        volatility,
        get: repo.get,
        members,
        snapshots: repo.snapshots,
        snapshot,
        keep
      })
    })
  )
}

const defaultHistory = 100

/** How long it is known who was in an audience. */
const keptDays = 30
