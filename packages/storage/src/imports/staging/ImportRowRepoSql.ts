import type { ImportId } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Advance, ImportChunk } from "@audiences/engine/imports/ImportRepo"
import { ImportRowRepo } from "@audiences/engine/imports/staging/ImportRowRepo"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import { refusals } from "../RowRefusal.ts"
import { copyChunk } from "./StagedRows.ts"
import { inStagingTransaction, stagingPool } from "./StagingPool.ts"

/** Staged rows in the database of that URL. */
export const importRowRepo = Effect.fnUntraced(function* (url: string) {
  const pool = yield* stagingPool(url)
  return ImportRowRepo.of({
    stage: Effect.fn("ImportRowRepo.stage")((organizationId: OrganizationId, id: ImportId, chunk: ImportChunk) =>
      inStagingTransaction(pool, (client) => copyChunk(client, { organizationId, id }, chunk)).pipe(
        Effect.map((copied) => (copied ? "advanced" : "stopped") as Advance),
        refusals
      )
    )
  })
})

export const ImportRowRepoSql = Layer.effect(
  ImportRowRepo,
  Effect.flatMap(PgClient.PgClient, ({ config }) => importRowRepo(Redacted.value(config.url ?? Redacted.make(""))))
)
