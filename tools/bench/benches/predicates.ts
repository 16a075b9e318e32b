import { foldMetadata } from "@audiences/engine/consumers/FoldedConsumer"
import { fold } from "@audiences/domain/Fold"
import { type ComparedConsumer, comparedConsumer } from "@audiences/engine/rules/ComparedConsumer"
import { compilePredicate } from "@audiences/engine/rules/ConsumerPredicate"
import { compileRules } from "@audiences/engine/rules/RuleCompiler"
import { Result } from "effect"
import { type Bench, compared, median } from "../Benchmark.ts"
import { type GeneratedRule, many } from "../data/audiences.mjs"
import { consumer, type GeneratedConsumer, now } from "../data/gen-consumers.mjs"

/** A consumer as one would hold it for closures written by hand for these fields. */
interface Plain {
  readonly email: string
  readonly fullName: string
  readonly totalOrders: number
  readonly ltv: number
  readonly lastOrderAt: number
  readonly loyaltyBalance: number
  readonly smsOptOut: boolean
  readonly lastGeoCountry: string
  readonly country: string
  readonly tier: string
  readonly channel: string
  readonly lang: string
  readonly acceptsMarketing: boolean
  readonly tags: ReadonlyArray<string>
  readonly shoeSize: number | undefined
}

const plain = (c: GeneratedConsumer): Plain => {
  const metadata = foldMetadata(c.metadata as never) as Record<string, never>
  return {
    email: fold(c.email),
    fullName: fold(c.fullName),
    totalOrders: c.totalOrders,
    ltv: Number(c.ltv),
    lastOrderAt: c.lastOrderAt === "" ? Number.NaN : Date.parse(c.lastOrderAt),
    loyaltyBalance: c.loyaltyBalance,
    smsOptOut: c.smsOptOut,
    lastGeoCountry: fold(c.lastGeoCountry),
    country: metadata["country"]!,
    tier: metadata["tier"]!,
    channel: metadata["channel"]!,
    lang: metadata["lang"]!,
    acceptsMarketing: metadata["acceptsMarketing"]!,
    tags: metadata["tags"]!,
    shoeSize: metadata["shoeSize"]
  }
}

const asCompared = (c: GeneratedConsumer): ComparedConsumer =>
  comparedConsumer(
    {
      email: fold(c.email),
      fullName: fold(c.fullName),
      totalOrders: c.totalOrders,
      ltv: c.ltv,
      lastOrderAt: c.lastOrderAt === "" ? null : Date.parse(c.lastOrderAt),
      loyaltyBalance: c.loyaltyBalance,
      smsOptOut: c.smsOptOut,
      lastGeoCountry: c.lastGeoCountry === "" ? null : fold(c.lastGeoCountry)
    },
    foldMetadata(c.metadata as never)
  )

const days = (duration: unknown) => now - Number(/\d+/.exec(String(duration))![0]) * 86_400_000
const text = (value: unknown) => fold(String(value))

/** The ten kinds of audiences of `audiences.mjs`, each as one would write it by hand. */
const kinds: ReadonlyArray<(rules: ReadonlyArray<GeneratedRule>) => (c: Plain) => boolean> = [
  ([orders, countries]) => {
    const least = Number(orders!.values[0])
    const [a, b] = countries!.values.map(text)
    return (c) => c.totalOrders >= least && (c.country === a || c.country === b)
  },
  ([tags, last]) => {
    const tag = text(tags!.values[0])
    const since = days(last!.values[0])
    return (c) => c.tags.includes(tag) && c.lastOrderAt >= since
  },
  () => (c) => c.tier === "gold" && c.acceptsMarketing,
  ([ltv, country]) => {
    const least = Number(ltv!.values[0])
    const where = text(country!.values[0])
    return (c) => c.ltv >= least && c.lastGeoCountry === where
  },
  ([name, last]) => {
    const part = text(name!.values[0])
    const since = days(last!.values[0])
    return (c) => c.fullName.includes(part) && c.lastOrderAt >= since
  },
  ([balance, tags]) => {
    const [low, high] = balance!.values.map(Number) as [number, number]
    const tag = text(tags!.values[0])
    return (c) => c.loyaltyBalance >= low && c.loyaltyBalance <= high && c.tags.includes(tag)
  },
  ([, country]) => {
    const where = text(country!.values[0])
    return (c) => c.channel === "sms" && c.country === where && c.totalOrders >= 1
  },
  ([last]) => {
    const since = days(last!.values[0])
    return (c) => c.lastOrderAt >= since && (c.lang === "en" || c.lang === "es")
  },
  () => (c) => c.email.includes("gmail") && c.totalOrders >= 3 && !c.smsOptOut,
  ([, country]) => {
    const where = text(country!.values[0])
    return (c) =>
      ((c.tier === "gold" || c.tier === "platinum") && c.country === where) ||
      (c.tags.includes("blocked") && c.totalOrders <= 1 && c.shoeSize === undefined)
  }
]

const rounds = 15

/** The rules of two hundred audiences, asked of one consumer after the other. */
const bench: Bench = {
  name: "predicates",
  describe: "the rules of 200 audiences against one written consumer, against closures written by hand for them",
  run: async (size) => {
    const count = Math.max(100, Math.min(4000, Math.ceil(size.rows / 100)))
    const people = Array.from({ length: count }, (_, i) => consumer(i))
    const plains = people.map(plain)
    const comparable = people.map(asCompared)
    const closures = many.map((rules, i) => kinds[i % 10]!(rules))
    const predicates = many.map((rules) => compilePredicate(Result.getOrThrow(compileRules(rules as never))))
    const ask = {
      byHand: () => {
        let members = 0
        for (const person of plains) for (const holds of closures) if (holds(person)) members++
        return members
      },
      compiled: () => {
        let members = 0
        for (const person of comparable) for (const holds of predicates) if (holds(person, now)) members++
        return members
      }
    }
    const micros: Record<keyof typeof ask, Array<number>> = { byHand: [], compiled: [] }
    for (let round = 0; round < rounds; round++) {
      const found = (["byHand", "compiled"] as const).map((way) => {
        const start = performance.now()
        const members = ask[way]()
        micros[way].push(((performance.now() - start) * 1000) / count)
        return members
      })
      if (found[0] !== found[1]) throw new Error(`By hand ${found[0]} members, compiled ${found[1]}`)
    }
    return [
      compared({
        work: "200 audiences' rules against one consumer",
        unit: "µs",
        figure: median(micros.compiled),
        reference: median(micros.byHand),
        reach: { atMost: 1.5 }
      })
    ]
  }
}

export default bench
