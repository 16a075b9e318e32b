import type { Actor } from "@audiences/domain/Actor"
import type { AudienceNotFound } from "@audiences/domain/Audience"
import {
  type ImportEnded,
  type ImportId,
  type ImportListQuery,
  type ImportNotFound,
  ImportUnfinished
} from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Page } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { Cause, Context, DateTime, Effect, Layer, Option, Stream } from "effect"
import { JobQueue } from "../../jobs/JobQueue.ts"
import { paging } from "../../pages/Paging.ts"
import type { AnyImport, ImportTarget } from "../ImportRepo.ts"
import { ImportReportRepo } from "./ImportReportRepo.ts"
import { reportHeader, reportLine } from "./RejectedRowLines.ts"

type Missing = AudienceNotFound | ImportNotFound

/** What became of imports of any target, and an end to those that go on. */
export class ImportReports extends Context.Service<
  ImportReports,
  {
    /** Newest first, without the errors of rows. */
    readonly list: (
      organizationId: OrganizationId,
      target: ImportTarget,
      query: ImportListQuery
    ) => Effect.Effect<Page<AnyImport>, ValidationError | AudienceNotFound>
    readonly get: (
      organizationId: OrganizationId,
      target: ImportTarget,
      importId: ImportId
    ) => Effect.Effect<AnyImport, Missing>
    /** All rejected rows as a CSV file that an import takes once it is mended. */
    readonly errors: (
      organizationId: OrganizationId,
      target: ImportTarget,
      importId: ImportId
    ) => Effect.Effect<Stream.Stream<Uint8Array>, Missing | ImportUnfinished>
    /** What was done stays. Idempotent. */
    readonly cancel: (
      actor: Actor,
      target: ImportTarget,
      importId: ImportId
    ) => Effect.Effect<AnyImport, Missing | ImportEnded>
  }
>()("@audiences/engine/ImportReports") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* ImportReportRepo
      const jobs = yield* JobQueue

      const list = Effect.fn("ImportReports.list")(function* (
        organizationId: OrganizationId,
        target: ImportTarget,
        query: ImportListQuery
      ) {
        // A cursor is of one target's list.
        const scoped = { ...query, target }
        const slice = yield* repo.list(organizationId, target, query, yield* pages.request(scoped))
        return pages.page(scoped, slice)
      })

      const errors = Effect.fn("ImportReports.errors")(function* (
        organizationId: OrganizationId,
        target: ImportTarget,
        importId: ImportId
      ) {
        const { complete, form } = yield* repo.state(organizationId, target, importId)
        if (!complete) return yield* new ImportUnfinished()
        const lines = Stream.paginate(0, (behind) =>
          Effect.map(repo.rows(organizationId, importId, behind), (rows) => [
            rows.map((row) => reportLine(row, form)),
            Option.map(Option.fromUndefinedOr(rows.at(-1)), ({ line }) => line)
          ])
        )
        return Stream.encodeText(Stream.concat(Stream.make(reportHeader(form)), lines))
      })

      const cancel = Effect.fn("ImportReports.cancel")(function* (
        actor: Actor,
        target: ImportTarget,
        importId: ImportId
      ) {
        const cancelled = yield* repo.cancel(actor, target, importId, yield* DateTime.now)
        const { organizationId } = actor
        // Clears the file away. What could not be enqueued now is found by `Imports.enqueueUnfinished`.
        yield* Effect.catchDefect(jobs.enqueue({ _tag: "Import", organizationId, importId }), (defect) =>
          Effect.logWarning("import not enqueued yet", Cause.die(defect))
        )
        return cancelled
      })

      return ImportReports.of({ list, get: repo.get, errors, cancel })
    })
  )
}

const pages = paging<"createdAt">("imports", { createdAt: "instant" })
