import type { Actor } from "@audiences/domain/Actor"
import { AudienceArchived } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { ImportId, ImportNotFound } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { problemIssue } from "@audiences/domain/ValidationError"
import { AudienceTypeMismatch } from "@audiences/engine/audiences/AudienceRepo"
import { type ImportOpening, ImportRepo, type ImportTarget } from "@audiences/engine/imports/ImportRepo"
import { DateTime, type Duration, Duration as Durations, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { lockAudience } from "../audiences/LockedAudience.ts"
import { audit } from "../audit/Audit.ts"
import { storeErrors } from "./reports/ImportErrors.ts"
import { importColumns, importErrors, importOfRow, ImportRow } from "./ImportRow.ts"
import { auditedOf, kindOf, ofTarget, targetExists } from "./ImportsOfTarget.ts"
import { importSteps, manyRows } from "./ImportSteps.ts"

const decodeImports = Schema.decodeUnknownEffect(Schema.Array(ImportRow))
const decodeNext = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ next: Schema.Finite })))
const decodeSecret = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ uploadSecret: Schema.Uint8Array })))
const decodeVersion = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ uploadVersion: Schema.NullOr(Schema.String) }))
)
const decodeCreated = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ createdRows: Schema.Finite })))
const decodeKeys = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ organizationId: OrganizationId, id: ImportId }))
)

export const ImportRepoSql = Layer.effect(
  ImportRepo,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const steps = importSteps(sql)

    const find = Effect.fn("ImportRepo.find")(function* (organizationId: OrganizationId, id: ImportId) {
      const rows = yield* sql`
        SELECT ${importColumns(sql)}, ${importErrors(sql)} FROM imports i WHERE i.organization_id = ${organizationId}::uuid AND i.id = ${id}::uuid`
      return Option.map(Option.fromUndefinedOr((yield* decodeImports(rows))[0]), importOfRow)
    }, Effect.orDie)

    /** The audience of an import that is about to be opened, locked. */
    const openAudience = Effect.fnUntraced(function* (organizationId: OrganizationId, audienceId: AudienceId) {
      const { type, archived } = yield* lockAudience(sql, organizationId, audienceId)
      if (type !== "STATIC_LIST") return yield* new AudienceTypeMismatch({ type })
      if (archived) return yield* new AudienceArchived()
    })

    const create = Effect.fn("ImportRepo.create")(
      function* (actor: Actor, opening: ImportOpening) {
        const { organizationId } = actor
        const { id, target } = opening
        if (target._tag === "Audience") yield* openAudience(organizationId, target.audienceId)
        else yield* sql`SELECT pg_advisory_xact_lock(hashtextextended(${`imports:${organizationId}`}::text, 0))`
        const [free] = yield* Effect.orDie(
          decodeNext(
            yield* sql`
        SELECT (coalesce(max(substring(s3_key FROM '(\\d+)\\.csv$')::bigint), 0) + 1)::float8 AS next
        FROM imports i WHERE ${ofTarget(sql, organizationId, target)}`
          )
        )
        // Of two imports begun in one millisecond, too, one is the latest.
        const millis = Math.max(DateTime.toEpochMillis(opening.createdAt), free!.next)
        const createdAt = DateTime.formatIso(DateTime.makeUnsafe(millis))
        const audienceId = target._tag === "Audience" ? target.audienceId : null
        const mapping = opening.mapping === null ? null : JSON.stringify(opening.mapping)
        yield* sql`
        INSERT INTO imports (organization_id, id, audience_id, kind, status, s3_key, upload_expires_at, spreadsheet, mode, dry_run, mapping, created_at, created_by)
        VALUES (${organizationId}::uuid, ${id}::uuid, ${audienceId}::uuid, ${kindOf(target)}, 'PENDING', ${opening.s3Key(millis)},
          ${DateTime.formatIso(opening.uploadExpiresAt)}::timestamptz, ${opening.spreadsheet}, ${opening.mode}, ${opening.dryRun}, ${mapping}::text::jsonb,
          ${createdAt}::timestamptz, ${actor.name})`
        yield* audit(sql, actor, opening.createdAt, {
          ...auditedOf(target, "create"),
          changes: { importId: id }
        })
        return Option.getOrThrow(yield* find(organizationId, id))
      },
      sql.withTransaction,
      Effect.catchTag("SqlError", Effect.die)
    )

    const latest = Effect.fn("ImportRepo.latest")(
      function* (organizationId: OrganizationId, target: ImportTarget) {
        yield* targetExists(sql, organizationId, target)
        const rows = yield* sql`
        SELECT ${importColumns(sql)}, ${importErrors(sql)} FROM imports i
        WHERE ${ofTarget(sql, organizationId, target)} AND NOT i.archived
        ORDER BY i.created_at DESC, i.id DESC LIMIT 1`
        const [row] = yield* Effect.orDie(decodeImports(rows))
        return row === undefined ? yield* new ImportNotFound() : importOfRow(row)
      },
      Effect.catchTag("SqlError", Effect.die)
    )

    const uploadSecret = Effect.fn("ImportRepo.uploadSecret")(function* (organizationId: OrganizationId) {
      const rows = yield* sql`SELECT upload_secret FROM organizations WHERE id = ${organizationId}::uuid AND active`
      return Option.map(Option.fromUndefinedOr((yield* decodeSecret(rows))[0]), (row) => row.uploadSecret)
    }, Effect.orDie)

    const uploadVersion = Effect.fn("ImportRepo.uploadVersion")(function* (
      organizationId: OrganizationId,
      id: ImportId
    ) {
      const rows = yield* sql`
        SELECT upload_version FROM imports WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
      return Option.fromNullishOr((yield* decodeVersion(rows))[0]?.uploadVersion)
    }, Effect.orDie)

    const start = <E>(
      organizationId: OrganizationId,
      id: ImportId,
      fileBytes: number,
      publish: Effect.Effect<void, E>
    ) =>
      Effect.gen(function* () {
        const started = yield* Effect.orDie(sql`
          UPDATE imports SET status = 'PROCESSING', file_size = ${fileBytes}::bigint, uploaded_at = clock_timestamp(), updated_at = clock_timestamp()
          WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PENDING' RETURNING 1`)
        if (started.length > 0) yield* publish
        return started.length > 0
      }).pipe(
        sql.withTransaction,
        Effect.catchIf((error): error is SqlError.SqlError => SqlError.isSqlError(error), Effect.die),
        Effect.withSpan("ImportRepo.start")
      ) as Effect.Effect<boolean, E>

    const complete = Effect.fn("ImportRepo.complete")(function* (organizationId: OrganizationId, id: ImportId) {
      const completed = yield* sql`
        UPDATE imports SET status = 'COMPLETED', updated_at = clock_timestamp()
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PROCESSING' AND processed_rows = total_rows
        RETURNING (CASE WHEN dry_run THEN 0 ELSE created_rows END)::float8 AS created_rows`
      const [created] = yield* decodeCreated(completed)
      if (created !== undefined && created.createdRows >= manyRows) yield* sql`ANALYZE consumers, static_members`
    }, Effect.orDie)

    const fail = Effect.fn("ImportRepo.fail")(
      function* (
        organizationId: OrganizationId,
        id: ImportId,
        { line, message }: { readonly line: number; readonly message: string }
      ) {
        const failed = yield* sql`
        UPDATE imports SET status = 'FAILED', failure_reason = ${message}, updated_at = clock_timestamp()
        WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid AND status = 'PROCESSING' RETURNING 1`
        if (failed.length === 0) return
        const issues = [problemIssue(undefined, { path: [], type: "file", expected: "a CSV of consumers", message })]
        yield* storeErrors(sql, organizationId, id, [{ line, issues }])
      },
      sql.withTransaction,
      Effect.orDie
    )

    const quiet = Effect.fn("ImportRepo.quiet")(function* (duration: Duration.Duration) {
      const rows = yield* sql`
        SELECT organization_id, id FROM imports
        WHERE ((closed_at IS NULL AND status <> 'PENDING') OR (undo_started_at IS NOT NULL AND undone_at IS NULL))
          AND updated_at <= clock_timestamp() - ${Durations.toMillis(duration)}::float8 * interval '1 millisecond'
        ORDER BY updated_at`
      return yield* decodeKeys(rows)
    }, Effect.orDie)

    return ImportRepo.of({
      ...steps,
      create,
      latest,
      find,
      uploadSecret,
      uploadVersion,
      start,
      complete,
      fail,
      quiet
    })
  })
)
