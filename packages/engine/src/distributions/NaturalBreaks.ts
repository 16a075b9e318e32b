/** A value, and how many have it. */
export interface Weighted {
  readonly value: number
  readonly count: number
}

/** The sum of squares of the distances from the mean, of the values from one index up to, and without, another. */
const squaresOf = (values: ReadonlyArray<Weighted>) => {
  const total = values.reduce((sum, { count }) => sum + count, 0)
  // Around their mean, or the squares of large values would leave no digits for their distances.
  const mean = values.reduce((sum, { count, value }) => sum + value * (count / total), 0)
  const [counts, sums, squares] = [[0], [0], [0]]
  values.forEach(({ count, value }, i) => {
    const distance = value - mean
    counts.push(counts[i]! + count)
    sums.push(sums[i]! + count * distance)
    squares.push(squares[i]! + count * distance * distance)
  })
  return (from: number, to: number) => {
    const sum = sums[to]! - sums[from]!
    return Math.max(0, squares[to]! - squares[from]! - (sum * sum) / (counts[to]! - counts[from]!))
  }
}

/**
 * Natural breaks (Jenks), exact, by dynamic programming as in Ckmeans.1d.dp: where classes after the first begin, so that the squares of
 * the distances from their means are least. Values rise; of fewer values than classes each is its own. Libraries take no counts.
 */
export const naturalBreaks = (values: ReadonlyArray<Weighted>, classes: number): ReadonlyArray<number> => {
  const n = values.length
  const most = Math.min(classes, n)
  const squares = squaresOf(values)
  let least = Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : squares(0, to)))
  const begins: Array<Int32Array> = []
  for (let k = 2; k <= most; k++) {
    const before = least
    const begin = new Int32Array(n + 1)
    least = Array.from({ length: n + 1 }, () => Infinity)
    // The best begin of the last class never falls while the end rises: each half is sought on its side of the middle's.
    const fill = (low: number, high: number, from: number, to: number): void => {
      if (low > high) return
      const end = (low + high) >> 1
      for (let i = Math.max(from, k - 1); i <= Math.min(to, end - 1); i++) {
        const sum = before[i]! + squares(i, end)
        if (sum < least[end]!) [least[end], begin[end]] = [sum, i]
      }
      fill(low, end - 1, from, begin[end]!)
      fill(end + 1, high, begin[end]!, to)
    }
    fill(k, n, k - 1, n - 1)
    begins.push(begin)
  }
  const breaks: Array<number> = []
  for (let k = begins.length, end = n; k > 0; k--) breaks.unshift((end = begins[k - 1]![end]!))
  return breaks
}
