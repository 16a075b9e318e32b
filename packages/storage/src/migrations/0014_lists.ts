import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** What lists of consumers are sorted by, beside the creation (0002) and the e-mail address, whose unique index serves as well. */
const sorts = {
  full_name: "left(full_name_folded, 255)",
  last_order_at: "last_order_at",
  ltv: "ltv",
  total_orders: "total_orders"
}

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // Replaced by the one below, which serves relative rules as well.
  yield* sql`DROP INDEX consumers_last_order_at_idx`
  for (const [name, sort] of Object.entries(sorts)) {
    yield* sql.unsafe(
      `CREATE INDEX consumers_${name}_id_idx ON consumers (organization_id, (${sort}), id) WHERE NOT archived`
    )
  }
  yield* sql`CREATE INDEX consumers_without_email_idx ON consumers (organization_id, id) WHERE email_folded IS NULL AND NOT archived`
  yield* sql`CREATE INDEX consumers_archived_idx ON consumers (organization_id, created_at, id) WHERE archived`
})
