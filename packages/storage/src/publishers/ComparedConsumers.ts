import { consumerFields, type ConsumerFieldName, type FieldKind } from "@audiences/domain/ConsumerField"
import type { OrganizationId } from "@audiences/domain/Organization"
import { type ComparedConsumer, comparedConsumer, type ComparedFields } from "@audiences/engine/rules/ComparedConsumer"
import type { AskedField } from "@audiences/engine/rules/ConditionFields"
import { Effect, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import { comparedColumns } from "../rules/ComparedColumns.ts"

export interface ReadConsumer {
  readonly archived: boolean
  readonly compared: ComparedConsumer
}

/** How a field is read: money as it is, in decimal; an instant in milliseconds. */
const expressionOf = (field: ConsumerFieldName): string =>
  consumerFields[field] === "instant"
    ? `(extract(epoch FROM ${comparedColumns[field]}) * 1000)::float8`
    : comparedColumns[field]

const kinds = {
  text: Schema.NullOr(Schema.String),
  number: Schema.NullOr(Schema.Finite),
  money: Schema.NullOr(Schema.String),
  instant: Schema.NullOr(Schema.Finite),
  boolean: Schema.NullOr(Schema.Boolean)
} satisfies Record<FieldKind, unknown>

const decoderOf = (fields: ReadonlyArray<ConsumerFieldName>) =>
  Schema.decodeUnknownEffect(
    Schema.Array(
      Schema.Struct({
        ordinal: Schema.Finite,
        archived: Schema.Boolean,
        metadata: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
        ...(Object.fromEntries(fields.map((field) => [field, kinds[consumerFields[field]]])) as {
          readonly [Name in ConsumerFieldName]: (typeof kinds)[FieldKind]
        })
      })
    )
  )

/** Consumers as predicates see them, by ordinal, with the fields that are asked for. */
export const readCompared = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  ordinals: ReadonlyArray<number>,
  asked: ReadonlySet<AskedField>
) {
  const fields = [...asked].filter((field) => field !== "metadata")
  const columns = fields.map((field) => `, ${expressionOf(field)} AS "${field}"`).join("")
  const rows = yield* sql`
    SELECT ordinal, archived, ${sql.literal(asked.has("metadata") ? "metadata_folded" : "NULL::jsonb")} AS metadata ${sql.literal(columns)}
    FROM consumers WHERE organization_id = ${organizationId}::uuid AND ordinal = ANY(${ordinals}::int[])`
  const consumers = new Map<number, ReadConsumer>()
  for (const { ordinal, archived, metadata, ...given } of yield* Effect.orDie(decoderOf(fields)(rows))) {
    consumers.set(ordinal, { archived, compared: comparedConsumer(given as ComparedFields, metadata) })
  }
  return consumers
})
