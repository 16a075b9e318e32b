import type { CutTiers, CutValues, TierCutting } from "@audiences/engine/distributions/DistributionRepo"
import { Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** The values of a field: an expression, its type, and the rows that have it. */
export interface FieldValues {
  readonly value: Statement.Fragment
  readonly type: Statement.Fragment
  /** `FROM … WHERE …` */
  readonly live: Statement.Fragment
}

const decodeValues = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({ count: Schema.Finite, min: Schema.NullOr(Schema.String), max: Schema.NullOr(Schema.String) })
  )
)
const decodePlaced = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ value: Schema.String })))
const decodeBins = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ min: Schema.String, mean: Schema.Finite, count: Schema.Finite }))
)
const decodeCounts = Schema.decodeUnknownEffect(
  Schema.Array(Schema.Struct({ tier: Schema.Finite, count: Schema.Finite }))
)

const bucketOf = (sql: SqlClient.SqlClient, { type, value }: FieldValues, edges: ReadonlyArray<string>) =>
  // A subquery is read once; the text itself would be parsed again for every consumer.
  sql`width_bucket(${value}, (SELECT ${`{${edges.join(",")}}`}::text::${type}[]))`

/** Values between edges, in their order. Means are parts of the way from the smallest value to the greatest, so that no digit is lost. */
const bins = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  field: FieldValues,
  { max, min }: CutValues,
  edges: ReadonlyArray<string>
) {
  const { live, value } = field
  const number = (text: string) => sql`(SELECT ${text}::text::numeric)`
  const rows = yield* sql`
    SELECT min(${value})::text AS min, count(*)::float8 AS count,
      (avg(${value}::numeric - ${number(min)}) / (${number(max)} - ${number(min)}))::float8 AS mean
    ${live} GROUP BY ${bucketOf(sql, field, edges)} ORDER BY min(${value})`
  return yield* decodeBins(rows)
})

/** How many have a value below the first cut, then from each on. */
const tierCounts = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  field: FieldValues,
  cuts: ReadonlyArray<string>
) {
  const rows = yield* sql`
    SELECT ${bucketOf(sql, field, cuts)}::float8 AS tier, count(*)::float8 AS count ${field.live} GROUP BY 1`
  const counts = [0, ...cuts].map(() => 0)
  for (const { count, tier } of yield* decodeCounts(rows)) counts[tier] = count
  return counts
})

const placedValues = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { live, value }: FieldValues,
  count: number,
  places: ReadonlyArray<number>
) {
  if (places.length === 0) return []
  // The fraction in the middle of a place is that place, whatever is rounded.
  const fractions = places.map((place) => (place + 0.5) / count)
  const rows = yield* sql`
    SELECT value::text AS value FROM unnest((
      SELECT percentile_disc(${fractions}::float8[]) WITHIN GROUP (ORDER BY ${value}) ${live}
    )) WITH ORDINALITY AS placed (value, place) ORDER BY place`
  return (yield* decodePlaced(rows)).map((each) => each.value)
})

/** Cuts the values of a field into tiers; undefined where nobody has a value. */
export const cutTiers = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  field: FieldValues,
  cutting: TierCutting
) {
  const { from } = cutting
  const { type, value } = field
  const above = from === null ? sql`` : sql` AND ${value} >= (SELECT ${from}::text::${type})`
  const values = { ...field, live: sql`${field.live}${above}` }
  const [{ count, max, min } = { count: 0, min: null, max: null }] = yield* decodeValues(
    yield* sql`SELECT count(*)::float8 AS count, min(${value})::text AS min, max(${value})::text AS max ${values.live}`
  )
  if (min === null || max === null) return undefined
  const found: CutValues = {
    count,
    min,
    max,
    placed: yield* placedValues(sql, values, count, cutting.places(count))
  }
  const edges = cutting.binEdges(found)
  const cuts = cutting.cuts(found, edges.length === 0 ? [] : yield* bins(sql, values, found, edges))
  const tiers: CutTiers = { starts: [cutting.lowest(min), ...cuts], counts: yield* tierCounts(sql, values, cuts) }
  return tiers
})
