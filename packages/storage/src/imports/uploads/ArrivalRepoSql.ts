import { ImportId } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { ArrivalRepo } from "@audiences/engine/imports/uploads/ArrivalRepo"
import type { ArrivedFile } from "@audiences/engine/imports/uploads/UploadStore"
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"

/** How many are looked at together. */
const atOnce = 100

/** Seconds after the end of its URL in which an upload that began before it may still arrive. */
const graceSeconds = 3600

/** An eighth of the time it has waited, from one second to half a minute. */
const pause = "least(interval '30 seconds', greatest(interval '1 second', (clock_timestamp() - created_at) / 8))"

const decodeAwaited = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ organizationId: OrganizationId, id: ImportId, s3Key: Schema.String, isOver: Schema.Boolean })
  )
)

export const ArrivalRepoSql = Layer.effect(
  ArrivalRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const isOver = sql.literal(`upload_expires_at + interval '${graceSeconds} seconds' <= clock_timestamp()`)

    const due = Effect.fn("ArrivalRepo.due")(function* ({ onlyOver }: { readonly onlyOver: boolean }) {
      const rows = yield* sql`
        UPDATE imports SET next_look_at = clock_timestamp() + ${sql.literal(pause)}
        WHERE (organization_id, id) IN (
          SELECT organization_id, id FROM imports
          WHERE status = 'PENDING' AND next_look_at <= clock_timestamp() ${onlyOver ? sql`AND ${isOver}` : sql``}
          ORDER BY next_look_at LIMIT ${atOnce} FOR UPDATE SKIP LOCKED
        )
        RETURNING organization_id, id, s3_key, ${isOver} AS is_over`
      return yield* decodeAwaited(rows)
    }, Effect.orDie)

    const arrived = Effect.fn("ArrivalRepo.arrived")(function* (
      organizationId: OrganizationId,
      id: ImportId,
      { bytes, version }: ArrivedFile
    ) {
      const started = yield* sql`
        UPDATE imports SET status = 'PROCESSING', file_size = ${bytes}::bigint, upload_version = ${version},
          uploaded_at = clock_timestamp(), updated_at = clock_timestamp()
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PENDING' RETURNING 1`
      return started.length > 0
    }, Effect.orDie)

    const giveUp = Effect.fn("ArrivalRepo.giveUp")(function* (
      organizationId: OrganizationId,
      id: ImportId,
      reason: string
    ) {
      const ended = yield* sql`
        UPDATE imports SET status = 'FAILED', failure_reason = ${reason}, updated_at = clock_timestamp()
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PENDING' RETURNING 1`
      return ended.length > 0
    }, Effect.orDie)

    return ArrivalRepo.of({ due, arrived, giveUp })
  })
)
