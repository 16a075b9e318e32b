import type { Actor } from "@audiences/domain/Actor"
import { AudienceId } from "@audiences/domain/AudienceId"
import {
  ImportChangesUnknown,
  ImportDryRun,
  type ImportId,
  ImportNotFound,
  ImportStatus,
  ImportUndone,
  ImportUnfinished
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import type { ImportTarget, PeopleTarget } from "@audiences/engine/imports/ImportRepo"
import { ImportUndoRepo } from "@audiences/engine/imports/undo/ImportUndoRepo"
import { DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { audit } from "../../audit/Audit.ts"
import { contended } from "../../postgres/Contended.ts"
import { ImportStandingRow } from "../ImportRow.ts"
import { auditedOf, ofTarget, targetExists } from "../ImportsOfTarget.ts"
import { analysedRows } from "../ImportSteps.ts"
import { orderUndoStep } from "./OrderUndo.ts"
import { refuseExpired } from "./UndoRetentionRepoSql.ts"
import { undoStep } from "./UndoStep.ts"

const decodeStanding = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      audienceId: Schema.NullOr(AudienceId),
      kind: ImportStandingRow.fields.kind,
      status: ImportStatus,
      dryRun: Schema.Boolean,
      undoStarted: Schema.Boolean,
      undoStartedBy: Schema.NullOr(Schema.String),
      undone: Schema.Boolean,
      undoOrdinal: Schema.Finite,
      changesKept: Schema.Boolean
    })
  )
)

export const ImportUndoRepoSql = Layer.effect(
  ImportUndoRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    /** Holds the row of an import until the transaction ends. */
    const lockImport = Effect.fnUntraced(function* (those: Statement.Fragment) {
      const rows = yield* sql`
        SELECT i.audience_id, i.kind, i.status, i.dry_run, i.undo_started_at IS NOT NULL AS undo_started, i.undo_started_by,
          i.undone_at IS NOT NULL AS undone, i.undo_ordinal, i.changes_kept
        FROM imports i WHERE ${those} FOR UPDATE`
      return (yield* Effect.orDie(decodeStanding(rows)))[0]
    })

    const mark = Effect.fnUntraced(function* (actor: Actor, target: ImportTarget, id: ImportId, now: DateTime.Utc) {
      yield* sql`
        UPDATE imports SET undo_started_at = ${DateTime.formatIso(now)}::text::timestamptz, undo_started_by = ${actor.name},
          updated_at = clock_timestamp(), updated_by = ${actor.name}
        WHERE organization_id = ${actor.organizationId}::uuid AND id = ${id}::uuid`
      yield* audit(sql, actor, now, {
        ...auditedOf(target, "undo"),
        changes: { importId: id }
      })
    })

    /** Marks an import of the target as one that is being undone, if it can be. */
    const beginOf = Effect.fnUntraced(function* (actor: Actor, target: ImportTarget, id: ImportId, now: DateTime.Utc) {
      const found = yield* lockImport(sql`${ofTarget(sql, actor.organizationId, target)} AND i.id = ${id}::uuid`)
      if (found === undefined) return yield* new ImportNotFound()
      if (found.status !== "COMPLETED" && found.status !== "FAILED") return yield* new ImportUnfinished()
      if (found.dryRun) return yield* new ImportDryRun()
      if (found.undoStarted) return yield* new ImportUndone()
      yield* refuseExpired(sql, { organizationId: actor.organizationId, id })
      yield* mark(actor, target, id, now)
      return found
    })

    /** The planner, which autovacuum tells of new rows a minute later, would compare every one of the log with every consumer. */
    const analyse = Effect.fnUntraced(function* (organizationId: OrganizationId, id: ImportId) {
      const large = yield* sql`
        SELECT 1 FROM imports
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND undo_started_at IS NULL
          AND status IN ('COMPLETED', 'FAILED') AND created_rows + updated_rows >= ${analysedRows}`
      if (large.length === 0) return
      yield* sql`
        ANALYZE import_changes, order_import_changes, order_import_totals, consumers (organization_id, ordinal),
          static_members (organization_id, audience_id, ordinal), orders (organization_id, order_id, ordinal)`
    }, Effect.orDie)

    const begin = Effect.fn("ImportUndoRepo.begin")(
      function* (actor: Actor, target: PeopleTarget, id: ImportId, now: DateTime.Utc) {
        const { organizationId } = actor
        yield* targetExists(sql, organizationId, target)
        const { audienceId } = yield* beginOf(actor, target, id, now)
        const { chunkRows } = yield* ImportLimits
        const key = { organizationId, audienceId, id, actor: actor.name }
        return yield* undoStep(sql, { ...key, behind: -1, size: chunkRows, whole: true })
      },
      contended(sql),
      Effect.catchTag("SqlError", Effect.die)
    )

    const beginOrders = Effect.fn("ImportUndoRepo.beginOrders")(
      function* (actor: Actor, id: ImportId, now: DateTime.Utc) {
        const { changesKept } = yield* beginOf(actor, { _tag: "Orders" }, id, now)
        if (!changesKept) return yield* new ImportChangesUnknown()
        const { chunkRows } = yield* ImportLimits
        const key = { organizationId: actor.organizationId, id, actor: actor.name }
        return yield* orderUndoStep(sql, { ...key, size: chunkRows, whole: true })
      },
      contended(sql),
      Effect.catchTag("SqlError", Effect.die)
    )

    const step = Effect.fn("ImportUndoRepo.step")(
      function* (organizationId: OrganizationId, id: ImportId) {
        const found = yield* lockImport(sql`i.organization_id = ${organizationId}::uuid AND i.id = ${id}::uuid`)
        if (found === undefined || !found.undoStarted || found.undone) return "done" as const
        const { chunkRows } = yield* ImportLimits
        const { audienceId, kind, undoOrdinal, undoStartedBy } = found
        const key = { organizationId, id, actor: undoStartedBy ?? "system", size: chunkRows, whole: false }
        return kind === "orders"
          ? yield* orderUndoStep(sql, key)
          : yield* undoStep(sql, { ...key, audienceId, behind: undoOrdinal })
      },
      contended(sql),
      Effect.orDie
    )

    return ImportUndoRepo.of({
      begin: (actor, target, id, now) =>
        Effect.andThen(analyse(actor.organizationId, id), begin(actor, target, id, now)),
      beginOrders: (actor, id, now) => Effect.andThen(analyse(actor.organizationId, id), beginOrders(actor, id, now)),
      step
    })
  })
)
