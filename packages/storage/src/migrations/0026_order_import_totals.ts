import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // The order totals of consumers whose orders an import wrote: total_orders, ltv, aov and last_order_at, by these names.
  yield* sql`
    CREATE TABLE order_import_totals (
      organization_id uuid NOT NULL,
      import_id uuid NOT NULL,
      -- Of the consumer.
      ordinal integer NOT NULL,
      before jsonb NOT NULL,
      -- As the import, or what was undone of it so far, has left them.
      after jsonb NOT NULL,
      -- Nobody else has written them meanwhile: they can be again what they were before.
      intact boolean NOT NULL DEFAULT true,
      PRIMARY KEY (organization_id, import_id, ordinal)
    )`
})
