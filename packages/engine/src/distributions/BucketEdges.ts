const decimals = 8
const scale = 10n ** BigInt(decimals)

const unitsOf = (amount: string): bigint => {
  const [whole = "0", fraction = ""] = amount.split(".")
  return BigInt(whole) * scale + BigInt(fraction.slice(0, decimals).padEnd(decimals, "0"))
}

const amountOf = (units: bigint): string => `${units / scale}.${String(units % scale).padStart(decimals, "0")}`

const rising = <Edge>(edges: ReadonlyArray<Edge>): ReadonlyArray<Edge> =>
  edges.filter((edge, i) => i === 0 || edge > edges[i - 1]!)

/**
 * Edges of buckets of one width from `min` to `max`: one more than `count`, fewer where they would fall together. Edges of money are
 * exact to its eighth digit.
 */
export const moneyEdges = (min: string, max: string, count: number): ReadonlyArray<string> => {
  const [low, high] = [unitsOf(min), unitsOf(max)]
  const edges = Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * BigInt(i)) / BigInt(count))
  return bothEnds(rising(edges).map(amountOf))
}

export const numberEdges = (min: string, max: string, count: number): ReadonlyArray<string> => {
  const [low, high] = [Number(min), Number(max)]
  // Weighted, since the difference of two doubles may be beyond them.
  const edges = Array.from({ length: count + 1 }, (_, i) =>
    i === count ? high : low * (1 - i / count) + high * (i / count)
  )
  return bothEnds(rising(edges.map((edge) => Math.min(edge, high))).map(String))
}

/** A single value is a bucket too. */
const bothEnds = (edges: ReadonlyArray<string>): ReadonlyArray<string> =>
  edges.length === 1 ? [edges[0]!, edges[0]!] : edges
