import type { RfmMethod } from "@audiences/domain/Rfm"
import { boundsOf, neededPlaces } from "@audiences/engine/rfm/RfmCutting"
import { defaultMethod } from "@audiences/engine/rfm/RfmMethods"
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Random, Schema } from "effect"

const hundredths = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400 }))
const samples = Arbitrary.all({
  values: Arbitrary.array(Arbitrary.schema(hundredths), { minLength: 1, maxLength: 40 }),
  bins: Arbitrary.schema(Schema.Literals([2, 3, 4, 5])),
  cuts: Arbitrary.schema(Schema.Literals(["quantile7", "r-rfm"])),
  ties: Arbitrary.schema(Schema.Literals(["value", "rank-first"]))
})

/** The k-th of `bins` type-7 quantiles of values in their order, times `bins` so that it is whole. */
const quantile = (sorted: ReadonlyArray<number>, k: number, bins: number) => {
  const steps = (sorted.length - 1) * k
  const [low, part] = [Math.floor(steps / bins), steps % bins]
  return sorted[low]! * (bins - part) + (sorted[low + 1] ?? 0) * part
}

describe("Cutting", () => {
  it.effect("puts every value into the bin that the definition of quantiles says", () =>
    Effect.gen(function* () {
      const seed = yield* Random.nextInt
      for (const { bins, cuts, ties, values } of yield* Arbitrary.sampleEffect(samples, {
        count: 300,
        size: 40,
        seed
      })) {
        const method: RfmMethod = { ...defaultMethod, bins, cuts, ties }
        const sorted = values.toSorted((a, b) => a - b)
        const n = sorted.length
        const needed = new Set(neededPlaces(method, n))
        const { monetary } = boundsOf(method, n, (_, place) => {
          assert.isTrue(needed.has(place))
          return {
            value: (sorted[place]! / 100).toFixed(8),
            externalId: null,
            consumerId: String(place).padStart(3, "0")
          }
        })
        // What is cut: values, or their places in the row.
        const cut = ties === "value" ? sorted : sorted.map((_, place) => place * 100)
        sorted.forEach((value, place) => {
          const expected = Array.from({ length: bins - 1 }, (_, i) => {
            const edge = quantile(cut, i + 1, bins)
            return cuts === "r-rfm" ? cut[place]! * bins >= edge + 100 * bins : cut[place]! * bins > edge
          }).filter(Boolean).length
          const found = monetary.filter((bound) =>
            bound.consumerId === null ? value / 100 > Number(bound.value) : place > Number(bound.consumerId)
          ).length
          assert.strictEqual(found, expected, `seed ${seed}: ${JSON.stringify({ bins, cuts, ties, sorted, value })}`)
        })
      }
    })
  )
})
