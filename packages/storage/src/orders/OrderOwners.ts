import { fold } from "@audiences/domain/Fold"
import { ConsumerId } from "@audiences/domain/Consumer"
import type { OrderInput } from "@audiences/domain/Order"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"

const decode = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      id: ConsumerId,
      ordinal: Schema.Finite,
      email: Schema.NullOr(Schema.String),
      phone: Schema.NullOr(Schema.String),
      externalId: Schema.NullOr(Schema.String),
      archived: Schema.Boolean
    })
  )
)

/** Orders change owners: who has them must not change between looking and locking. Until the transaction ends. */
export const lockOrders = (sql: SqlClient.SqlClient, organizationId: OrganizationId) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${`orders:${organizationId}`}::text, 0))`

/** Whom orders name, in the form of comparison, and which orders. */
export interface Named {
  readonly ids: ReadonlyArray<string>
  readonly emails: ReadonlyArray<string>
  readonly phones: ReadonlyArray<string>
  readonly externalIds: ReadonlyArray<string>
  readonly orderIds: ReadonlyArray<string>
}

/**
 * Locks the live consumers that are named, and whoever has the orders so far, in the order of their ids. Returns the live ones.
 * `email`, `phone` and `externalId` are in the form of comparison.
 */
export const lockConcerned = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  { emails, externalIds, ids, orderIds, phones }: Named
) {
  const rows = yield* sql`
    SELECT c.id, c.ordinal, c.archived, c.email_folded AS email, c.phone, c.primary_external_id_folded AS external_id
    FROM consumers c WHERE c.organization_id = ${organizationId}::uuid AND (
      (NOT c.archived AND (c.id = ANY(${ids}::uuid[]) OR c.email_folded = ANY(${emails}::text[])
        OR c.phone = ANY(${phones}::text[]) OR c.primary_external_id_folded = ANY(${externalIds}::text[])))
      OR c.ordinal IN (
        SELECT o.ordinal FROM orders o
        WHERE o.organization_id = ${organizationId}::uuid AND o.order_id = ANY(${orderIds}::text[])))
    ORDER BY c.id FOR UPDATE`
  return (yield* decode(rows)).filter(({ archived }) => !archived)
})

/** Locks whom orders concern; tells the consumer of each order, `undefined` where there is none. */
export const lockOwners = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  orders: ReadonlyArray<OrderInput>
) {
  const given = (values: ReadonlyArray<string | undefined>) => [...new Set(values.flatMap((value) => value ?? []))]
  const live = yield* lockConcerned(sql, organizationId, {
    ids: given(orders.map(({ consumerId }) => consumerId?.toLowerCase())),
    emails: given(orders.map(({ email }) => (email === undefined ? undefined : fold(email)))),
    phones: given(orders.map(({ phone }) => phone)),
    externalIds: given(orders.map(({ externalId }) => (externalId === undefined ? undefined : fold(externalId)))),
    orderIds: orders.map(({ orderId }) => orderId)
  })
  const by = <Key extends "id" | "email" | "phone" | "externalId">(key: Key) =>
    new Map(live.flatMap((each) => (each[key] === null ? [] : [[each[key] as string, each] as const])))
  const [byId, byEmail, byPhone, byExternalId] = [by("id"), by("email"), by("phone"), by("externalId")]
  return orders.map(({ consumerId, email, externalId, phone }) => {
    if (consumerId !== undefined) return byId.get(consumerId.toLowerCase())
    if (email !== undefined) return byEmail.get(fold(email))
    if (phone !== undefined) return byPhone.get(phone)
    return externalId === undefined ? undefined : byExternalId.get(fold(externalId))
  })
})
