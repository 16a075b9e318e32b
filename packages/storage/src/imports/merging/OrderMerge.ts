import { ConsumerId } from "@audiences/domain/Consumer"
import { directoryOf, identifiers, identify, type Identifiers } from "@audiences/engine/consumers/Identity"
import type { RejectedRow } from "@audiences/engine/imports/rows/ConsumerCsv"
import { takenIssue } from "@audiences/engine/imports/reports/IdentityIssues"
import { orderIssue } from "@audiences/engine/imports/reports/OrderIssues"
import { DateTime, Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { databaseNow } from "../../DatabaseClockSql.ts"
import { writeFittingOrders } from "../../orders/FittingOrders.ts"
import { lockConcerned, lockOrders } from "../../orders/OrderOwners.ts"
import type { OrderResult } from "../../orders/OrderTotals.ts"
import { countRows } from "./ImportCounts.ts"
import { storeErrors } from "../reports/ImportErrors.ts"
import type { StagedImport } from "../ImportKey.ts"
import type { Range } from "./ImportMatches.ts"
import { keepTotals, leaveTotals } from "../undo/KeptTotals.ts"
import { ordersInRange } from "../OrderRows.ts"

const StagedOrder = Schema.Struct({
  line: Schema.Finite,
  orderId: Schema.String,
  email: Schema.NullOr(Schema.String),
  phone: Schema.NullOr(Schema.String),
  externalId: Schema.NullOr(Schema.String),
  orderedAt: Schema.DateTimeUtcFromDate,
  total: Schema.String,
  isKnown: Schema.Boolean
})
type StagedOrder = typeof StagedOrder.Type

/** An order as its file has it: what an issue may show of it. */
const asGiven = ({ email, externalId, orderId, orderedAt, phone, total }: StagedOrder) => ({
  orderId,
  email,
  phone,
  externalId,
  orderedAt,
  total
})

/** An order whose consumer is known and locked. */
interface OwnedOrder extends StagedOrder {
  readonly ordinal: number
}

const decodeStaged = Schema.decodeUnknownEffect(Schema.Array(StagedOrder))
const decodeOrdinals = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ordinal: Schema.Finite })))
const decodeReported = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ rejected: Schema.Finite, duplicate: Schema.Finite })])
)

const stagedOrders = (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) =>
  sql`
    SELECT r.line::float8, r.order_id, r.email_folded AS email, r.phone, r.primary_external_id_folded AS external_id, r.ordered_at, r.total::text,
      o.order_id IS NOT NULL AS is_known
    FROM order_import_rows r LEFT JOIN orders o ON o.organization_id = r.organization_id AND o.order_id = r.order_id
    WHERE ${ordersInRange(sql, staged, range)} AND r.issues IS NULL AND r.winner_line IS NULL ORDER BY r.row_number`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decodeStaged(rows)))
  )

/** Locks whom the orders concern, and tells the consumer of each, or why there is none. */
const ownOrders = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { mode, organizationId }: StagedImport,
  orders: ReadonlyArray<StagedOrder>
) {
  const allGiven = (name: keyof Identifiers) => orders.flatMap((order) => order[name] ?? [])
  const live = yield* Effect.orDie(
    lockConcerned(sql, organizationId, {
      ids: [],
      emails: allGiven("email"),
      phones: allGiven("phone"),
      externalIds: allGiven("externalId"),
      orderIds: orders.map(({ orderId }) => orderId)
    })
  )
  const directory = directoryOf(live)
  const ordinals = new Map<ConsumerId, number>(live.map(({ id, ordinal }) => [id, ordinal]))
  const owned: Array<OwnedOrder> = []
  const rejected: Array<RejectedRow> = []
  for (const order of orders) {
    const { conflicts, id } = identify(order, directory)
    const first = identifiers.find((name) => order[name] !== null)!
    const given = asGiven(order)
    const issues = [
      ...(id === null && conflicts.length === 0 ? [orderIssue.nobody(given, first)] : []),
      ...conflicts.flatMap((conflict) =>
        conflict._tag === "Taken"
          ? [
              takenIssue(given, first, {
                identifier: conflict.identifier,
                owner: { consumer: conflict.owner },
                self: conflict.self === null ? null : { consumer: conflict.self }
              })
            ]
          : []
      ),
      ...(mode === "create" && order.isKnown ? [orderIssue.known(given)] : []),
      ...(mode === "update" && !order.isKnown ? [orderIssue.unknown(given)] : [])
    ]
    if (issues.length > 0) rejected.push({ line: order.line, issues })
    else owned.push({ ...order, ordinal: ordinals.get(id!)! })
  }
  return { owned, rejected }
})

/** Those of different orders, the last of each; and the lines of the others with those of their last. */
const lastOfEach = (orders: ReadonlyArray<OwnedOrder>) => {
  const last = new Map(orders.map((order) => [order.orderId, order]))
  const duplicates = orders.flatMap((order) => {
    const winner = last.get(order.orderId)!
    return winner === order ? [] : [{ line: order.line, winnerLine: winner.line }]
  })
  return { orders: [...last.values()], duplicates }
}

/** Keeps what orders were before the import wrote them. What was kept of an order first is how it was before. */
const keepChanges = (sql: SqlClient.SqlClient, { id, organizationId }: StagedImport, now: DateTime.Utc) =>
  Effect.asVoid(sql`
    INSERT INTO order_import_changes
      (organization_id, import_id, order_id, ordinal, before_ordinal, before_total, before_ordered_at, found_at, written_at)
    SELECT ${organizationId}::uuid, ${id}::uuid, order_id, ordinal, old_ordinal, old_total, old_ordered_at, old_written_at,
      ${DateTime.formatIso(now)}::text::timestamptz
    FROM order_writes WHERE result <> 'unchanged'
    ON CONFLICT (organization_id, import_id, order_id) DO UPDATE SET ordinal = EXCLUDED.ordinal, written_at = EXCLUDED.written_at,
      found_at = CASE WHEN order_import_changes.written_at = EXCLUDED.found_at THEN order_import_changes.found_at END`)

/** Whose the orders are about to be, and whose they are. */
const ownersOf = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { organizationId }: StagedImport,
  orders: ReadonlyArray<OwnedOrder>
) {
  const rows = yield* sql`
    SELECT DISTINCT ordinal FROM orders
    WHERE organization_id = ${organizationId}::uuid AND order_id = ANY(${orders.map(({ orderId }) => orderId)}::text[])`
  const present = yield* Effect.orDie(decodeOrdinals(rows))
  return [...new Set([...orders, ...present].map(({ ordinal }) => ordinal))]
})

/** Moves what is said of rows that are not written from the staged rows to the reports. */
const report = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) {
  const those = ordersInRange(sql, staged, range)
  const reported = yield* sql`
    WITH rejected AS (
      INSERT INTO import_errors (organization_id, import_id, row, issues)
      SELECT r.organization_id, r.import_id, r.line, r.issues FROM order_import_rows r WHERE ${those} AND r.issues IS NOT NULL
      RETURNING 1
    ), duplicate AS (
      INSERT INTO import_duplicates (organization_id, import_id, line, winner_line)
      SELECT r.organization_id, r.import_id, r.line, r.winner_line FROM order_import_rows r
      WHERE ${those} AND r.issues IS NULL AND r.winner_line IS NOT NULL
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM rejected)::int AS rejected, (SELECT count(*) FROM duplicate)::int AS duplicate`
  const [counts] = yield* Effect.orDie(decodeReported(reported))
  return counts
})

/** Merges a range of staged orders, and keeps the totals of everybody concerned true. To be run in a transaction that holds the import's row. */
export const mergeOrders = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, staged: StagedImport, range: Range) {
  const { id, organizationId } = staged
  yield* lockOrders(sql, organizationId)
  const { owned, rejected } = yield* ownOrders(sql, staged, yield* stagedOrders(sql, staged, range))
  const { duplicates, orders } = lastOfEach(owned)
  const reported = yield* report(sql, staged, range)
  const now = yield* databaseNow(sql)
  const concerned = staged.dryRun ? [] : yield* ownersOf(sql, staged, orders)
  yield* keepTotals(sql, staged, concerned)
  const { results, tooMuch } = yield* writeFittingOrders(sql, { organizationId, name: staged.createdBy }, now, {
    orders,
    removedIds: [],
    dryRun: staged.dryRun,
    told: keepChanges(sql, staged, now)
  })
  yield* leaveTotals(sql, staged, concerned)
  const late = [
    ...rejected,
    ...tooMuch.map((order) => ({ line: order.line, issues: [orderIssue.tooMuch(asGiven(order))] }))
  ]
  yield* storeErrors(sql, organizationId, id, late)
  yield* sql`
    INSERT INTO import_duplicates (organization_id, import_id, line, winner_line)
    SELECT ${organizationId}::uuid, ${id}::uuid, * FROM unnest(
      ${duplicates.map(({ line }) => line)}::bigint[], ${duplicates.map(({ winnerLine }) => winnerLine)}::bigint[])`
  const became = (result: OrderResult["result"]) => [...results.values()].filter((each) => each === result).length
  yield* countRows(sql, staged, {
    created: became("created"),
    updated: became("updated"),
    unchanged: became("unchanged"),
    duplicate: reported.duplicate + duplicates.length,
    rejected: reported.rejected + late.length
  })
})
