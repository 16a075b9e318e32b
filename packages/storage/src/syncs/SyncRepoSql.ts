import type { Actor } from "@audiences/domain/Actor"
import type { AudienceId } from "@audiences/domain/AudienceId"
import type { AuditAction } from "@audiences/domain/AuditEntry"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { NewAudience } from "@audiences/engine/audiences/NewAudience"
import type { VendorList } from "@audiences/engine/connectors/Connector"
import {
  ProfilesRefused,
  type StagedPage,
  type SyncFailure,
  type SyncKey,
  SyncRepo,
  type SyncTask
} from "@audiences/engine/syncs/SyncRepo"
import { type DateTime, Effect, Layer, Option } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { contended } from "../postgres/Contended.ts"
import { applyChunk, chunkProfiles } from "./SyncChunk.ts"
import { publishSync } from "./SyncPublication.ts"
import { endArchived, failSync, takeDueSyncs } from "./SyncsDue.ts"
import { nameList, restartRun, stagePage } from "./SyncStaging.ts"
import { audienceOf, sourceOf, startSync, takeOverList } from "./SyncStarts.ts"
import { readTask } from "./SyncTasks.ts"

/** Classes of SQLSTATE that say that the profiles are to blame: data exceptions, constraints, program limits. */
const profilesToBlame = /^(22|23|54)/

/**
 * Whether so many are twice as many as they were, from ten chunks on. The database is then told to look at its tables again: planning for
 * tables as small as they were, it would walk through all consumers for every chunk.
 */
const hasDoubled = (applied: number): boolean => {
  const chunks = applied / chunkProfiles
  return chunks >= 10 && Math.log2(chunks / 10) % 1 === 0
}

const sqlState = ({ reason: { cause } }: SqlError.SqlError): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""

const refused = (error: SqlError.SqlError) =>
  Effect.andThen(
    Effect.logError("profiles refused by the database", error),
    Effect.fail(
      new ProfilesRefused({ message: `The database refused some of the profiles (SQLSTATE ${sqlState(error)}).` })
    )
  )

export const SyncRepoSql = Layer.effect(
  SyncRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const transaction = contended(sql)

    const start = Effect.fn("SyncRepo.start")(
      (actor: Actor, now: DateTime.Utc, audienceId: AudienceId) => startSync(sql, actor, now, audienceId),
      transaction,
      Effect.catchTag("SqlError", Effect.die)
    )

    const apply = Effect.fn("SyncRepo.apply")(function* (task: SyncTask, now: DateTime.Utc) {
      const chunk = yield* Effect.catchTag(transaction(applyChunk(sql, task, now)), "SqlError", (error) =>
        profilesToBlame.test(sqlState(error)) ? refused(error) : Effect.die(error)
      )
      if (Option.isSome(chunk) && hasDoubled(chunk.value.applied)) yield* Effect.orDie(sql`ANALYZE consumers`)
      return chunk
    })

    return SyncRepo.of({
      sourceOf: Effect.fn("SyncRepo.sourceOf")(
        (organizationId: OrganizationId, audienceId: AudienceId) => sourceOf(sql, organizationId, audienceId),
        Effect.catchTag("SqlError", Effect.die)
      ),
      start,
      audienceOf: Effect.fn("SyncRepo.audienceOf")(
        (organizationId: OrganizationId, vendor: string, listId: string) =>
          audienceOf(sql, organizationId, vendor, listId),
        Effect.orDie
      ),
      takeOver: Effect.fn("SyncRepo.takeOver")(
        (actor: Actor, made: NewAudience, action: AuditAction) => takeOverList(sql, actor, made, action),
        transaction,
        Effect.orDie
      ),
      task: Effect.fn("SyncRepo.task")((key: SyncKey) => readTask(sql, key), Effect.orDie),
      named: Effect.fn("SyncRepo.named")((task: SyncTask, list: VendorList) => nameList(sql, task, list), Effect.orDie),
      stage: Effect.fn("SyncRepo.stage")(
        (task: SyncTask, page: StagedPage) => stagePage(sql, task, page),
        transaction,
        Effect.orDie
      ),
      restart: Effect.fn("SyncRepo.restart")((task: SyncTask) => restartRun(sql, task), transaction, Effect.orDie),
      apply,
      publish: Effect.fn("SyncRepo.publish")(
        (task: SyncTask, now: DateTime.Utc) => publishSync(sql, task, now),
        transaction,
        Effect.orDie
      ),
      fail: Effect.fn("SyncRepo.fail")(
        (task: SyncTask, failure: SyncFailure) => failSync(sql, task, failure),
        transaction,
        Effect.asVoid,
        Effect.orDie
      ),
      takeDue: Effect.fn("SyncRepo.takeDue")(
        (now: DateTime.Utc) => Effect.andThen(endArchived(sql), takeDueSyncs(sql, now)),
        Effect.orDie
      )
    })
  })
)
