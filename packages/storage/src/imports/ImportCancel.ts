import type { Actor } from "@audiences/domain/Actor"
import type { AudienceNotFound } from "@audiences/domain/Audience"
import { ImportEnded, type ImportId, type ImportNotFound } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { AnyImport, ImportTarget } from "@audiences/engine/imports/ImportRepo"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { audit } from "../audit/Audit.ts"
import { auditedOf, ofTarget } from "./ImportsOfTarget.ts"

type Get = (
  organizationId: OrganizationId,
  target: ImportTarget,
  id: ImportId
) => Effect.Effect<AnyImport, AudienceNotFound | ImportNotFound>

const reason = ({ dryRun, processedConsumers, status, totalConsumers }: AnyImport): string =>
  status === "PENDING"
    ? "Cancelled before its file had arrived. Nothing was written."
    : dryRun === true
      ? `Cancelled after ${processedConsumers} of ${totalConsumers ?? "uncounted"} rows of a dry run. Nothing was written.`
      : processedConsumers === 0
        ? "Cancelled before its first row. Nothing was written."
        : `Cancelled after ${processedConsumers} of ${totalConsumers} rows. What these have brought in stays.`

/** Ends an import that goes on. A chunk that is being written is waited for, and is the last. */
export const cancelImport = (sql: SqlClient.SqlClient, get: Get) =>
  Effect.fn("ImportReportRepo.cancel")(
    function* (actor: Actor, target: ImportTarget, id: ImportId, now: DateTime.Utc) {
      const { organizationId } = actor
      yield* sql`
        SELECT 1 FROM imports i WHERE ${ofTarget(sql, organizationId, target)} AND i.id = ${id}::uuid FOR UPDATE`
      const found = yield* get(organizationId, target, id)
      if ((found.cancelledAt ?? null) !== null) return found
      if (found.status === "COMPLETED" || found.status === "FAILED") return yield* new ImportEnded()
      yield* sql`
        UPDATE imports SET status = 'FAILED', failure_reason = ${reason(found)}, updated_at = clock_timestamp(), updated_by = ${actor.name},
          cancelled_at = ${DateTime.formatIso(now)}::timestamptz
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
      yield* audit(sql, actor, now, {
        ...auditedOf(target, "cancel"),
        changes: { importId: id, processedConsumers: found.processedConsumers }
      })
      return yield* get(organizationId, target, id)
    },
    sql.withTransaction,
    Effect.catchTag("SqlError", Effect.die)
  )
