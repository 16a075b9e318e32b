import { Cause, Clock, Effect, Option, Stream } from "effect"
import { SqlError } from "effect/sql"
import {
  type Connector,
  type ConnectorError,
  CredentialsRefused,
  CursorExpired,
  type MemberPage,
  VendorAnswerUnexpected
} from "../connectors/Connector.ts"
import { Connectors } from "../connectors/Connectors.ts"
import { DatabaseClock } from "../DatabaseClock.ts"
import { Integrations, type OpenIntegration } from "../integrations/Integrations.ts"
import { mapProfile } from "./MappedProfile.ts"
import { sourceName } from "./SourceName.ts"
import { type StagedPage, type SyncKey, SyncRepo, type SyncTask } from "./SyncRepo.ts"
import { failureOf } from "./SyncRetry.ts"
import { isStorable, tellable } from "./VendorText.ts"

/** A job that has read for so long lets others have their turn. */
const turnMillis = 30_000

/** How often one job starts over because a cursor was over before the list was. */
const mostRestarts = 3

const stagedPage = ({ cursor, profiles }: MemberPage, properties: OpenIntegration["properties"]): StagedPage => {
  const results = profiles.map((profile) => mapProfile(profile, properties))
  const mapped = results.flatMap(({ mapped }) => mapped ?? [])
  return {
    profiles: mapped,
    rejected: results.length - mapped.length,
    problems: results.flatMap(({ problems }) => problems),
    cursor
  }
}

/** A sync while a job is at it: where it stands, for as long as nobody else has taken it over. */
interface Standing {
  task: SyncTask
  /** Taken over by somebody else, or ended. */
  lost: boolean
}

const advanceTo = (standing: Standing, advanced: Option.Option<SyncTask>): boolean => {
  if (Option.isSome(advanced)) standing.task = advanced.value
  else standing.lost = true
  return !standing.lost
}

/** Reads pages until they are all here, or the turn is over. */
const readPages = Effect.fnUntraced(function* (
  standing: Standing,
  connector: Connector,
  kind: string,
  { credentials, properties }: OpenIntegration,
  until: number
) {
  const repo = yield* SyncRepo
  const { cursor, listId } = standing.task
  if (cursor === null) {
    const list = yield* connector.list(credentials, kind, listId)
    yield* repo.named(standing.task, { ...list, name: tellable(list.name) })
  }
  yield* connector.members(credentials, kind, listId, cursor).pipe(
    Stream.mapEffect(
      Effect.fnUntraced(function* (page) {
        if (page.cursor !== null && (page.cursor === standing.task.cursor || !isStorable(page.cursor))) {
          return yield* new VendorAnswerUnexpected({ message: "A page of the list does not lead to another one." })
        }
        const goesOn = advanceTo(standing, yield* repo.stage(standing.task, stagedPage(page, properties)))
        return goesOn && standing.task.phase === "reading" && (yield* Clock.currentTimeMillis) < until
      })
    ),
    Stream.takeUntil((goesOn) => !goesOn),
    Stream.runForEach((goesOn) => Effect.succeed(goesOn))
  )
  const isCutOff = !standing.lost && standing.task.phase === "reading" && (yield* Clock.currentTimeMillis) < until
  if (isCutOff) return yield* new VendorAnswerUnexpected({ message: "The list broke off before its end." })
})

/** As `readPages`; over from the start when the vendor no longer knows where it was. */
const read = Effect.fnUntraced(function* (
  standing: Standing,
  connector: Connector,
  kind: string,
  account: OpenIntegration
) {
  const repo = yield* SyncRepo
  const until = (yield* Clock.currentTimeMillis) + turnMillis
  const attempt = (restarts: number): Effect.Effect<void, ConnectorError, SyncRepo> =>
    readPages(standing, connector, kind, account, until).pipe(
      Effect.catchTag("CursorExpired", (error) =>
        restarts === 0
          ? Effect.fail(error)
          : Effect.flatMap(repo.restart(standing.task), (advanced) =>
              advanceTo(standing, advanced) ? attempt(restarts - 1) : Effect.void
            )
      )
    )
  yield* attempt(mostRestarts)
})

const openIntegration = Effect.fnUntraced(function* ({ organizationId, syncSource }: SyncTask) {
  const { vendor } = sourceName(syncSource)
  const integrations = yield* Integrations
  return yield* integrations.credentials(organizationId, vendor).pipe(
    Effect.catchTags({
      IntegrationNotFound: () => new CredentialsRefused({ message: `There are no credentials for ${vendor}.` }),
      EncryptionKeyMissing: ({ error }) => new CredentialsRefused({ message: error })
    })
  )
})

/** All the pages are here: consumers chunk by chunk, then the members at once. */
const apply = Effect.fnUntraced(function* (standing: Standing) {
  const repo = yield* SyncRepo
  const clock = yield* DatabaseClock
  for (;;) {
    const applied = yield* repo.apply(standing.task, yield* clock.now)
    if (Option.isNone(applied)) return false
    standing.task = applied.value.task
    if (applied.value.isLast) return yield* repo.publish(standing.task, yield* clock.now)
  }
})

/** How a job left a sync. `turnOver`: it goes on with another job. */
export type SyncTurn = "published" | "turnOver" | "left"

const advance = Effect.fnUntraced(function* (standing: Standing) {
  if (standing.task.phase === "reading") {
    const { kind, vendor } = sourceName(standing.task.syncSource)
    const connector = (yield* Connectors).get(vendor)
    if (connector === undefined || !connector.kinds.includes(kind)) {
      const message = `This server cannot sync with ${standing.task.syncSource}.`
      return yield* new VendorAnswerUnexpected({ message })
    }
    yield* read(standing, connector, kind, yield* openIntegration(standing.task))
    if (standing.lost) return "left" as const
    if (standing.task.phase === "reading") return "turnOver" as const
  }
  return (yield* apply(standing)) ? ("published" as const) : ("left" as const)
})

/** Brings a sync as far as one turn allows. A database that is away is the job queue's to wait for. */
export const runSync = Effect.fnUntraced(function* (key: SyncKey) {
  const repo = yield* SyncRepo
  const clock = yield* DatabaseClock
  const found = yield* repo.task(key)
  if (Option.isNone(found)) return "left" as const
  const standing: Standing = { task: found.value, lost: false }
  const fail = Effect.fnUntraced(function* (error: Parameters<typeof failureOf>[2]) {
    const failure = failureOf(standing.task.failures, yield* clock.now, { ...error, message: tellable(error.message) })
    yield* Effect.logWarning("A sync failed", failure.reason)
    yield* repo.fail(standing.task, failure)
    return "left" as SyncTurn
  })
  return yield* advance(standing).pipe(
    Effect.map((turn): SyncTurn => turn),
    Effect.catchTags({
      CredentialsRefused: fail,
      ListNotFound: fail,
      CursorExpired: () =>
        fail(new CursorExpired({ message: "The vendor's cursors were over before the list was, again and again." })),
      VendorUnavailable: fail,
      VendorAnswerUnexpected: fail,
      ProfilesRefused: ({ message }) => fail(new VendorAnswerUnexpected({ message }))
    }),
    Effect.catchDefect((defect) =>
      SqlError.isSqlError(defect)
        ? Effect.die(defect)
        : Effect.andThen(
            Effect.logError("A sync broke", Cause.die(defect)),
            fail(new VendorAnswerUnexpected({ message: "Something went wrong in this server; its log says what." }))
          )
    )
  )
})
