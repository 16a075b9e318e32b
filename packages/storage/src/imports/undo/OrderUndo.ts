import type { ImportId, OrderUndoConflict } from "@audiences/domain/Import"
import { OrderImportUndoRefused } from "@audiences/domain/Import"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { UndoProgress } from "@audiences/engine/imports/undo/ImportUndoRepo"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { databaseNow } from "../../DatabaseClockSql.ts"
import { handBackOrders } from "./HandBack.ts"
import { checkTotals, giveTotalsUp, leaveTotals, nextTotals, restoreTotals } from "./KeptTotals.ts"
import { lockOrders } from "../../orders/OrderOwners.ts"
import { writeFittingOrders } from "../../orders/FittingOrders.ts"

/** How many orders a refusal names. */
const namedConflicts = 100

export interface OrderUndoStep {
  readonly organizationId: OrganizationId
  readonly id: ImportId
  /** Who undoes it. */
  readonly actor: string
  /** Of orders. */
  readonly size: number
  /** Whether it is refused if anything of the import cannot be taken back; else that is left as it is. */
  readonly whole: boolean
}

const decodeConflicts = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ orderId: Schema.String, total: Schema.Finite }))
)
const NextOrder = Schema.Struct({
  orderId: Schema.String,
  /** Null: the import created it. */
  before: Schema.NullOr(
    Schema.Struct({ ordinal: Schema.Finite, total: Schema.String, orderedAt: Schema.DateTimeUtcFromString })
  ),
  /** Whose it was before, and by, the import. */
  owners: Schema.Array(Schema.Finite),
  changed: Schema.Boolean
})
type NextOrder = typeof NextOrder.Type
const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeNext = Schema.decodeUnknownEffect(Schema.Array(NextOrder))

const logged = (sql: SqlClient.SqlClient, { id, organizationId }: OrderUndoStep) => sql`
  FROM order_import_changes w LEFT JOIN orders o ON o.organization_id = w.organization_id AND o.order_id = w.order_id
  WHERE w.organization_id = ${organizationId}::uuid AND w.import_id = ${id}::uuid`

/** What the import left as order `o` was written since. One that it created and that is gone is where an undo would put it. */
const isChanged =
  "(coalesce(o.updated_at, o.created_at) IS DISTINCT FROM w.written_at AND (o.order_id IS NOT NULL OR w.before_ordinal IS NOT NULL))"

const refuse = (conflicts: ReadonlyArray<OrderUndoConflict>, conflictCount: number) =>
  new OrderImportUndoRefused({ conflicts: conflicts.slice(0, namedConflicts), conflictCount })

/** Makes sure that nobody has written any of the orders since. */
const unchanged = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, step: OrderUndoStep) {
  const rows = yield* sql`
    SELECT w.order_id, (count(*) OVER ())::float8 AS total ${logged(sql, step)} AND ${sql.literal(isChanged)}
    ORDER BY w.order_id LIMIT ${namedConflicts}`
  const changed = yield* Effect.orDie(decodeConflicts(rows))
  if (changed.length === 0) return
  return yield* refuse(
    changed.map(({ orderId }) => ({ orderId, reason: "CHANGED" })),
    changed[0]!.total
  )
})

const nextOrders = (sql: SqlClient.SqlClient, step: OrderUndoStep) =>
  sql`
    SELECT w.order_id, ${sql.literal(isChanged)} AS changed, array_remove(ARRAY[w.before_ordinal, w.ordinal], NULL) AS owners, CASE WHEN w.before_ordinal IS NOT NULL THEN
      jsonb_build_object('ordinal', w.before_ordinal, 'total', w.before_total::text, 'orderedAt', w.before_ordered_at) END AS before
    ${logged(sql, step)} ORDER BY w.order_id LIMIT ${step.size}`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeNext(rows)))
  )

/** Locks, in the order of their ids, consumers, those who have the orders, and those who are to get them back. Returns their ordinals. */
const lockOwners = (
  sql: SqlClient.SqlClient,
  { organizationId }: OrderUndoStep,
  next: ReadonlyArray<NextOrder>,
  others: ReadonlyArray<number>
) =>
  sql`
    SELECT ordinal FROM consumers WHERE organization_id = ${organizationId}::uuid AND (
      ordinal = ANY(${[...others, ...next.flatMap(({ owners }) => owners)]}::int[]) OR ordinal IN (
        SELECT o.ordinal FROM orders o
        WHERE o.organization_id = ${organizationId}::uuid AND o.order_id = ANY(${next.map(({ orderId }) => orderId)}::text[])))
    ORDER BY id FOR UPDATE`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeOrdinals(rows))),
    Effect.map((rows) => rows.map(({ ordinal }) => ordinal))
  )

/** Forgets what has been dealt with, and keeps how far the undo has come. */
const advance = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { id, organizationId }: OrderUndoStep,
  at: { readonly orderIds: ReadonlyArray<string>; readonly skipped: number; readonly isLast: boolean }
) {
  yield* sql`
    DELETE FROM order_import_changes
    WHERE organization_id = ${organizationId}::uuid AND import_id = ${id}::uuid AND order_id = ANY(${at.orderIds}::text[])`
  yield* sql`
    UPDATE imports SET undo_skipped = undo_skipped + ${at.skipped}::int, updated_at = clock_timestamp(),
      undone_at = CASE WHEN ${at.isLast} THEN clock_timestamp() END
    WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid`
})

/** One step of the undo of a file of orders, in a transaction that holds the import's row: orders first, then what is left of totals. */
export const orderUndoStep = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, step: OrderUndoStep) {
  const { actor, organizationId, size, whole } = step
  yield* lockOrders(sql, organizationId)
  if (whole) yield* unchanged(sql, step)
  const next = yield* nextOrders(sql, step)
  const areLast = next.length < size
  const totals = areLast ? yield* nextTotals(sql, step, size) : []
  const owners = yield* lockOwners(sql, step, next, totals)
  const safe = next.filter(({ changed }) => !changed)
  const now = yield* databaseNow(sql)
  yield* checkTotals(sql, step, owners)
  const { tooMuch } = yield* writeFittingOrders(sql, { organizationId, name: actor }, now, {
    orders: safe.flatMap(({ before, orderId, owners }) => (before === null ? [] : [{ orderId, owners, ...before }])),
    removedIds: safe.flatMap(({ before, orderId }) => (before === null ? [orderId] : [])),
    dryRun: false,
    told: Effect.void
  })
  if (whole && tooMuch.length > 0) {
    return yield* refuse(
      tooMuch.map(({ orderId }) => ({ orderId, reason: "TOO_MUCH" })),
      tooMuch.length
    )
  }
  const late = new Set(tooMuch.map(({ orderId }) => orderId))
  yield* handBackOrders(
    sql,
    step,
    safe.flatMap(({ orderId }) => (late.has(orderId) ? [] : [orderId]))
  )
  yield* leaveTotals(sql, step, owners)
  const skipped = [...next.filter(({ changed }) => changed), ...tooMuch]
  yield* giveTotalsUp(
    sql,
    step,
    skipped.flatMap((order) => order.owners)
  )
  yield* restoreTotals(sql, step, totals, { actor, now })
  const isLast = areLast && totals.length < size
  yield* advance(sql, step, { orderIds: next.map(({ orderId }) => orderId), skipped: skipped.length, isLast })
  return (isLast ? "done" : "left") satisfies UndoProgress as UndoProgress
})
