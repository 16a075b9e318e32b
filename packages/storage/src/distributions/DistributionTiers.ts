import type { CutTiers, CutValues, TierCutting } from "@audiences/engine/distributions/DistributionRepo"
import { Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** The values of a field: an expression, its type, and the rows that have it. */
export interface FieldValues {
  readonly value: Statement.Fragment
  readonly type: Statement.Fragment
  readonly isMoney: boolean
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

/**
 * How far a value is on the way from the smallest to the greatest, 0 to 1, as a double: arrays of doubles are searched by halves, those of
 * decimals from their begin. Decimals lose no digit before the difference is taken; quarters of doubles do not overflow.
 */
const distance = (sql: SqlClient.SqlClient, isMoney: boolean, { max, min }: CutValues, value: Statement.Fragment) => {
  const number = (text: string) => (isMoney ? sql`${text}::text::numeric` : sql`(${text}::text::float8 / 4)`)
  const range = sql`(SELECT (${number(max)} - ${number(min)})::float8)`
  return isMoney
    ? sql`((${value} - (SELECT ${number(min)}))::float8 / ${range})`
    : sql`((${value}::float8 / 4 - (SELECT ${number(min)})) / ${range})`
}

/** Values between edges, in their order. */
const bins = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  { isMoney, live, type, value }: FieldValues,
  values: CutValues,
  edges: ReadonlyArray<string>
) {
  const text = `{${edges.join(",")}}`
  const rows = yield* sql`
    SELECT min(value)::text AS min, count(*)::float8 AS count, avg(distance) AS mean
    FROM (SELECT ${value} AS value, ${distance(sql, isMoney, values, value)} AS distance ${live}) AS v
    GROUP BY width_bucket(distance, (
      SELECT array_agg(${distance(sql, isMoney, values, sql`edge`)} ORDER BY edge) FROM unnest(${text}::text::${type}[]) AS edge
    )) ORDER BY min(value)`
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
