import { naturalBreaks, type Weighted } from "@audiences/engine/distributions/NaturalBreaks"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const wholeNumber = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** The sum of squares within the classes that begin at 0 and at the breaks. */
const squares = (values: ReadonlyArray<Weighted>, breaks: ReadonlyArray<number>) =>
  [0, ...breaks].reduce((sum, from, i) => {
    const own = values.slice(from, breaks[i] ?? values.length).flatMap(({ count, value }) => Array(count).fill(value))
    const mean = own.reduce((all, each) => all + each, 0) / own.length
    return sum + own.reduce((all, each) => all + (each - mean) ** 2, 0)
  }, 0)

/** Every way to choose so many breaks. */
const choices = (first: number, n: number, count: number): ReadonlyArray<ReadonlyArray<number>> =>
  count === 0
    ? [[]]
    : Array.from({ length: n - first }, (_, i) => first + i).flatMap((at) =>
        choices(at + 1, n, count - 1).map((rest) => [at, ...rest])
      )

describe("Natural breaks", () => {
  it.prop(
    "leave the least squares of all ways to break",
    {
      weights: Schema.NonEmptyArray(Schema.Struct({ value: wholeNumber(0, 200), count: wholeNumber(1, 5) })),
      classes: wholeNumber(1, 5)
    },
    ({ classes, weights }) => {
      const values = [...new Map(weights.map((each) => [each.value, each])).values()]
        .toSorted((a, b) => a.value - b.value)
        .slice(0, 10)
      const breaks = naturalBreaks(values, classes)
      assert.strictEqual(breaks.length, Math.min(classes, values.length) - 1)
      const best = Math.min(...choices(1, values.length, breaks.length).map((each) => squares(values, each)))
      assert.closeTo(squares(values, breaks), best, 1e-6)
    },
    { arbitrary: { runs: 200 } }
  )

  it("are found between groups that stand apart, far from zero, too", () => {
    const values = [1e12, 1e12 + 1, 1e12 + 100, 1e12 + 101, 1e12 + 500].map((value) => ({ value, count: 1000 }))
    assert.deepStrictEqual(naturalBreaks(values, 3), [2, 4])
  })

  it("of thousands of values are found at once", () => {
    const values = Array.from({ length: 4096 }, (_, i) => ({ value: i ** 2, count: 1 + (i % 7) }))
    const breaks = naturalBreaks(values, 20)
    assert.strictEqual(new Set(breaks).size, 19)
    assert.deepStrictEqual(
      breaks,
      breaks.toSorted((a, b) => a - b)
    )
  })
})
