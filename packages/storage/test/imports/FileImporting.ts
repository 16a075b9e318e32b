import type { FileImport, ImportId, ImportQuery } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Consumers } from "@audiences/engine/consumers/Consumers"
import { FileImports, type FileTarget } from "@audiences/engine/imports/FileImports"
import { ImportLimits } from "@audiences/engine/imports/ImportLimits"
import { Imports } from "@audiences/engine/imports/Imports"
import { Orders } from "@audiences/engine/orders/Orders"
import { ConsumerRepoSql } from "@audiences/storage/consumers/ConsumerRepoSql"
import { DatabaseClockSql } from "@audiences/storage/DatabaseClockSql"
import { OrderRepoSql } from "@audiences/storage/orders/OrderRepoSql"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { freshOrganization } from "../../../../tools/vitest/PostgresTest.ts"
import { bodyOf, grantOf, ImportsTest } from "./Importing.ts"

/** Imports without an audience, beside what writes consumers and orders otherwise, on the test database. */
export const FileImportsTest = Layer.mergeAll(FileImports.layer, Orders.layer, Consumers.layer).pipe(
  Layer.provide(Layer.mergeAll(OrderRepoSql, ConsumerRepoSql, DatabaseClockSql)),
  Layer.provideMerge(ImportsTest)
)

export const actorOf = (organizationId: OrganizationId) => ({ organizationId, name: "key:test" })
export const known = { emailVerified: false, phoneVerified: false, status: "ACTIVE" } as const

/** An organization in which three people are known. */
export const founded = Effect.gen(function* () {
  const organizationId = yield* freshOrganization
  const { batch } = yield* Consumers
  yield* batch(actorOf(organizationId), {
    consumers: [
      { ...known, email: "ada@example.com", externalId: "1" },
      { ...known, email: "bob@example.com", externalId: "2" },
      { ...known, phone: "+15550003" }
    ]
  })
  return organizationId
})

export const bringIn = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  target: FileTarget,
  file: string,
  query: ImportQuery = {},
  chunkRows = 10_000
) {
  const imports = yield* Imports
  const files = yield* FileImports
  const opened = yield* files.create(actorOf(organizationId), target, query)
  yield* imports.receive(grantOf(opened.uploadUrl), bodyOf(file))
  yield* imports.run(organizationId, opened.id).pipe(limited(chunkRows))
  return yield* files.latest(organizationId, target)
})

export const orders = { _tag: "Orders" } as const
export const consumers = { _tag: "Consumers" } as const

export const counts = (done: FileImport) => [
  done.status,
  done.createdRows,
  done.updatedRows,
  done.unchangedRows,
  done.duplicateRows,
  done.rejectedRows
]

export const limited = (chunkRows: number) =>
  Effect.provideService(ImportLimits, { maxBytes: 1_000_000, maxRows: 100_000, chunkRows })

/** Takes back what an import of a target wrote, in steps of so many. */
export const undo = (organizationId: OrganizationId, target: FileTarget, id: ImportId, chunkRows = 10_000) =>
  Effect.flatMap(FileImports, ({ undoConsumers, undoOrders }) =>
    target._tag === "Orders"
      ? undoOrders(actorOf(organizationId), id)
      : Effect.catchTag(undoConsumers(actorOf(organizationId), id), "ImportUndoRefused", Effect.die)
  ).pipe(limited(chunkRows))

/** What the orders amount to, for each consumer, and the orders themselves. */
export const standing = (organizationId: OrganizationId) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const people = yield* sql`
      SELECT ordinal, total_orders, ltv::text, aov::text, last_order_at FROM consumers
      WHERE organization_id = ${organizationId}::uuid ORDER BY ordinal`
    const recorded = yield* sql`
      SELECT order_id, ordinal, total::text, ordered_at FROM orders WHERE organization_id = ${organizationId}::uuid ORDER BY order_id`
    return { people: [...people], recorded: [...recorded] }
  })
