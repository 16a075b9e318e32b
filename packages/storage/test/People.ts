import { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** What rules of tests ask about. */
export interface Person {
  readonly loyaltyBalance?: number
  readonly totalOrders?: number
  readonly lastOrderAt?: string | null
}

/** Consumers by plain SQL, with the change feed as every writer keeps it. In the order of their ids. */
export const insertPeople = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  people: ReadonlyArray<Person>
) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql
    .withTransaction(
      Effect.gen(function* () {
        const rows = yield* sql<{ id: string; ordinal: number }>`
      INSERT INTO consumers (organization_id, id, ordinal, email_verified, phone_verified, status, loyalty_balance, total_orders, last_order_at, created_at, created_by)
      SELECT ${organizationId}::uuid, consumer_id(a.id_millis, (p.n - 1)::int), a.first_ordinal + p.n - 1, false, false, 'ACTIVE',
        coalesce((p.person ->> 'loyaltyBalance')::float8, 0), coalesce((p.person ->> 'totalOrders')::float8, 0),
        (p.person ->> 'lastOrderAt')::timestamptz, now(), 'test'
      FROM allot_consumers(${organizationId}::uuid, ${people.length}::int) a,
        jsonb_array_elements(${JSON.stringify(people)}::text::jsonb) WITH ORDINALITY p (person, n)
      RETURNING id, ordinal`
        yield* sql`SELECT record_change(${organizationId}::uuid, ${rows.map(({ ordinal }) => ordinal)}::int[], NULL, NULL)`
        return rows.toSorted((a, b) => a.ordinal - b.ordinal).map(({ id }) => ConsumerId.make(id))
      })
    )
    .pipe(Effect.orDie)
})

export const changePerson = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  id: ConsumerId,
  loyaltyBalance: number
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql
    .withTransaction(
      Effect.gen(function* () {
        const [row] = yield* sql<{ ordinal: number }>`
      UPDATE consumers SET loyalty_balance = ${loyaltyBalance}::float8
      WHERE organization_id = ${organizationId}::uuid AND id = ${id}::uuid RETURNING ordinal`
        yield* sql`SELECT record_change(${organizationId}::uuid, ${[row!.ordinal]}::int[], '{loyaltyBalance}', NULL)`
      })
    )
    .pipe(Effect.orDie)
})

/** Moves the organization's counter, so that the next consumers come into another block. */
export const skipOrdinals = Effect.fnUntraced(function* (organizationId: OrganizationId, count: number) {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.orDie(sql`SELECT * FROM allot_consumers(${organizationId}::uuid, ${count}::int)`)
})
