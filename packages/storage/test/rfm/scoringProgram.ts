import { OrganizationId } from "@audiences/domain/Organization"
import { Postgres } from "@audiences/storage/postgres/Postgres"
import { RfmRepoSql } from "@audiences/storage/rfm/RfmRepoSql"
import { Effect, Layer, Redacted } from "effect"
import { beginScoring, scoreNextBlock } from "./Scoring.ts"

/** Scores an organization block by block, and tells of each. */
const [url, organization] = process.argv.slice(2) as [string, string]
const organizationId = OrganizationId.make(organization)

await Effect.gen(function* () {
  const id = (yield* beginScoring(organizationId))!
  for (let block = 0; ; block++) {
    const isLast = yield* scoreNextBlock(organizationId, id)
    process.stdout.write(`scored ${block}\n`)
    if (isLast) return
  }
}).pipe(
  Effect.provide(Layer.provideMerge(RfmRepoSql, Postgres({ url: Redacted.make(url), maxConnections: 2 }))),
  Effect.runPromise
)
