import type { Actor } from "@audiences/domain/Actor"
import { AudienceNotFound } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import {
  ImportDryRun,
  type ImportId,
  ImportNotFound,
  ImportStatus,
  ImportUndone,
  ImportUnfinished
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { ImportUndoRepo } from "@audiences/engine/imports/ImportUndoRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { audit } from "../audit/Audit.ts"
import { contended } from "../postgres/Contended.ts"
import { refuseExpired } from "./UndoRetentionRepoSql.ts"
import { undoStep } from "./UndoStep.ts"

const decodeStanding = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      audienceId: Schema.NullOr(AudienceId),
      status: ImportStatus,
      dryRun: Schema.Boolean,
      undoStarted: Schema.Boolean,
      undoStartedBy: Schema.NullOr(Schema.String),
      undone: Schema.Boolean,
      undoOrdinal: Schema.Finite
    })
  )
)

export const ImportUndoRepoSql = Layer.effect(
  ImportUndoRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    /** Of an import into an audience; holds its row until the transaction ends. */
    const lockImport = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ImportId) {
      const rows = yield* sql`
        SELECT audience_id, status, dry_run, undo_started_at IS NOT NULL AS undo_started, undo_started_by, undone_at IS NOT NULL AS undone, undo_ordinal
        FROM imports WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND audience_id IS NOT NULL FOR UPDATE`
      return (yield* Effect.orDie(decodeStanding(rows)))[0]
    })

    const mark = Effect.fnUntraced(function* (actor: Actor, audienceId: AudienceId, id: ImportId, now: DateTime.Utc) {
      yield* sql`
        UPDATE imports SET undo_started_at = ${DateTime.formatIso(now)}::text::timestamptz, undo_started_by = ${actor.name},
          updated_at = clock_timestamp(), updated_by = ${actor.name}
        WHERE organization_id = ${actor.organizationId}::uuid AND id = ${id}::uuid`
      yield* audit(sql, actor, now, {
        action: "imports.undo",
        subjectType: "audience",
        subjectId: audienceId,
        changes: { importId: id }
      })
    })

    const begin = Effect.fn("ImportUndoRepo.begin")(
      function* (actor: Actor, audienceId: AudienceId, id: ImportId, now: DateTime.Utc) {
        const { organizationId } = actor
        const audiences = yield* sql`
          SELECT 1 FROM audiences WHERE organization_id = ${organizationId}::uuid AND id = ${audienceId}::uuid`
        if (audiences.length === 0) return yield* new AudienceNotFound()
        const found = yield* lockImport(organizationId, id)
        if (found?.audienceId !== audienceId) return yield* new ImportNotFound()
        if (found.status !== "COMPLETED" && found.status !== "FAILED") return yield* new ImportUnfinished()
        if (found.dryRun) return yield* new ImportDryRun()
        if (found.undoStarted) return yield* new ImportUndone()
        yield* refuseExpired(sql, { organizationId, id })
        yield* mark(actor, audienceId, id, now)
        const { chunkRows } = yield* ImportLimits
        const key = { organizationId, audienceId, id, actor: actor.name }
        return yield* undoStep(sql, { ...key, behind: -1, size: chunkRows, whole: true })
      },
      contended(sql),
      Effect.catchTag("SqlError", Effect.die)
    )

    const step = Effect.fn("ImportUndoRepo.step")(
      function* (organizationId: OrganizationId, id: ImportId) {
        const found = yield* lockImport(organizationId, id)
        // Only an import into an audience can be undone.
        if (found === undefined || found.audienceId === null || !found.undoStarted || found.undone) {
          return "done" as const
        }
        const { chunkRows } = yield* ImportLimits
        const { audienceId, undoOrdinal, undoStartedBy } = found
        const key = { organizationId, audienceId, id, actor: undoStartedBy ?? "system" }
        return yield* undoStep(sql, { ...key, behind: undoOrdinal, size: chunkRows, whole: false })
      },
      contended(sql),
      Effect.orDie
    )

    return ImportUndoRepo.of({ begin, step })
  })
)
