import { type FieldReference, resolveField } from "@audiences/domain/ConsumerField"
import type { RuleLine } from "@audiences/domain/Rule"
import { Result } from "effect"
import type { ComparedConsumer } from "../rules/ComparedConsumer.ts"
import { compilePredicate, type ConsumerPredicate } from "../rules/ConsumerPredicate.ts"
import { compileRule } from "../rules/RuleCompiler.ts"
import { isWritable, valueAt, withValue } from "./ConsumerFacts.ts"
import { type LineCondition, wishes } from "./Wishes.ts"

export interface CompiledLine {
  readonly line: RuleLine
  readonly field: FieldReference
  /** The field to write so that this one changes: the domain of an email changes with the email. */
  readonly written: FieldReference
  readonly condition: LineCondition
  readonly holds: ConsumerPredicate
}

/** Lines that have to hold together. */
export interface CompiledGroup {
  readonly id: string | null
  readonly lines: ReadonlyArray<CompiledLine>
}

/** A field of a consumer, and the value to bring it to. */
export interface Change {
  readonly field: FieldReference
  readonly from: unknown
  readonly to: unknown
}

/** The groups of rules that were accepted when they were written. */
export const compileGroups = (lines: ReadonlyArray<RuleLine>): ReadonlyArray<CompiledGroup> => {
  const groups = new Map<string | null, Array<CompiledLine>>()
  lines.forEach((line, i) => {
    const field = resolveField(line.field)!
    const condition = Result.getOrThrow(compileRule(line, i)) as LineCondition
    const written = field._tag === "Attribute" && field.name === "emailDomain" ? resolveField("email")! : field
    const id = line.groupId?.toLowerCase() ?? null
    const compiled = { line, field, written, condition, holds: compilePredicate(condition) }
    groups.set(id, [...(groups.get(id) ?? []), compiled])
  })
  return Array.from(groups, ([id, compiled]) => ({ id, lines: compiled }))
}

const keyOf = (field: FieldReference): string => (field._tag === "Attribute" ? field.name : `metadata.${field.key}`)

const byField = (lines: ReadonlyArray<CompiledLine>): ReadonlyArray<ReadonlyArray<CompiledLine>> => [
  ...Map.groupBy(lines, ({ written }) => keyOf(written)).values()
]

/** How far a value is from another, for values of one kind that have an order. */
const distance = (from: unknown, to: unknown): number => {
  if (typeof from === "number" && typeof to === "number") return Math.abs(to - from)
  if (typeof from === "bigint" && typeof to === "bigint") return Math.abs(Number(to - from))
  return to === null ? 1 : 0
}

/** Distances of different fields beside each other. */
const relative = (from: unknown, to: unknown): number =>
  distance(from, to) / Math.max(1, Math.abs(Number(typeof from === "number" || typeof from === "bigint" ? from : 1)))

/** An email for each domain; the rest are values of the field itself. */
const writtenValues = (
  { field, written }: CompiledLine,
  consumer: ComparedConsumer,
  values: ReadonlyArray<unknown>
) => {
  if (field === written) return values
  const email = valueAt(consumer, written)
  const local = typeof email === "string" ? email.slice(0, email.lastIndexOf("@")) : "someone"
  return values.map((domain) => (domain === null ? null : `${local}@${String(domain)}`))
}

const changesBetween = (before: ComparedConsumer, after: ComparedConsumer, lines: ReadonlyArray<CompiledLine>) =>
  byField(lines).flatMap(([line]): ReadonlyArray<Change> => {
    const [from, to] = [valueAt(before, line!.written), valueAt(after, line!.written)]
    return from === to ? [] : [{ field: line!.written, from, to }]
  })

/** Values of one wish that are tried: the closest. */
const mostValues = 12

/** Consumers of one field that wishes are built on again. */
const mostStarts = 20

/** Lines that are asked in one search: some milliseconds of them. */
const mostQuestions = 1_000_000

class Search {
  readonly #now: number
  #questions = 0

  constructor(now: number) {
    this.#now = now
  }

  holds(lines: ReadonlyArray<CompiledLine>, consumer: ComparedConsumer): boolean {
    return lines.every(({ holds }) => (this.#questions++, holds(consumer, this.#now)))
  }

  /** Consumers that differ in one field, by what lines that name it wish; and, where several do, by one wish upon another. */
  #variants(consumer: ComparedConsumer, lines: ReadonlyArray<CompiledLine>, wanted: boolean) {
    const found: Array<ComparedConsumer> = []
    let from: ReadonlyArray<ComparedConsumer> = [consumer]
    for (let depth = 0; depth < Math.min(3, lines.length) && this.#questions < mostQuestions; depth++) {
      from = from.flatMap((each) =>
        lines
          .filter((line) => this.holds([line], each) !== wanted)
          .slice(0, mostStarts)
          .flatMap((line) => this.#wished(line, each, wanted))
      )
      found.push(...from)
      from = from.slice(0, mostStarts)
    }
    return found
  }

  #wished(line: CompiledLine, consumer: ComparedConsumer, wanted: boolean): ReadonlyArray<ComparedConsumer> {
    const current = valueAt(consumer, line.field)
    const wished = wishes(line.condition, wanted, line.field, current, this.#now)
    return writtenValues(line, consumer, wished)
      .filter((value) => isWritable(line.written, value))
      .toSorted((a, b) => distance(current, a) - distance(current, b))
      .slice(0, mostValues)
      .map((value) => withValue(consumer, line.written, value))
  }

  /** The closest of the consumers that differ in the field of the lines, by the least of `rank`; undefined: none has a rank. */
  #best(
    consumer: ComparedConsumer,
    lines: ReadonlyArray<CompiledLine>,
    wanted: boolean,
    rank: (variant: ComparedConsumer) => number | undefined
  ) {
    const field = lines[0]!.written
    const from = valueAt(consumer, field)
    return this.#variants(consumer, lines, wanted)
      .flatMap((variant) => {
        const ranked = this.#questions < mostQuestions ? rank(variant) : undefined
        return ranked === undefined ? [] : [{ variant, rank: ranked, far: relative(from, valueAt(variant, field)) }]
      })
      .toSorted((a, b) => a.rank - b.rank || a.far - b.far)[0]
  }

  /** Brings every field of a group to where all of its lines hold; undefined: a field cannot be. */
  satisfied({ lines }: CompiledGroup, consumer: ComparedConsumer): ComparedConsumer | undefined {
    let state: ComparedConsumer | undefined = consumer
    for (const own of byField(lines)) {
      if (state === undefined || this.holds(own, state)) continue
      state = this.#best(state, own, true, (variant) => (this.holds(own, variant) ? 0 : undefined))?.variant
    }
    return state !== undefined && this.holds(lines, state) ? state : undefined
  }

  /** Breaks one group after the other, each time by the change of one field that leaves the fewest; undefined: one cannot be. */
  broken(groups: ReadonlyArray<CompiledGroup>, consumer: ComparedConsumer): ComparedConsumer | undefined {
    const holding = (each: ComparedConsumer) => groups.filter(({ lines }) => this.holds(lines, each))
    let state = consumer
    for (let left = holding(state); left.length > 0; left = holding(state)) {
      const rank = (variant: ComparedConsumer) => {
        const count = holding(variant).length
        return count < left.length ? count : undefined
      }
      const [best] = byField(left.flatMap(({ lines }) => lines))
        .flatMap((lines) => this.#best(state, lines, false, rank) ?? [])
        .toSorted((a, b) => a.rank - b.rank || a.far - b.far)
      if (best === undefined) return undefined
      state = best.variant
    }
    return state
  }
}

/**
 * The change of a consumer's fields, of as few of them as can be found, that would take the consumer to the other side. Undefined: none
 * was found, within a bounded time.
 */
export const smallestChange = (
  groups: ReadonlyArray<CompiledGroup>,
  consumer: ComparedConsumer,
  now: number
): ReadonlyArray<Change> | undefined => {
  const search = new Search(now)
  if (groups.some(({ lines }) => search.holds(lines, consumer))) {
    const out = search.broken(groups, consumer)
    return out === undefined
      ? undefined
      : changesBetween(
          consumer,
          out,
          groups.flatMap(({ lines }) => lines)
        )
  }
  const ways = groups.flatMap((group) => {
    const state = search.satisfied(group, consumer)
    return state === undefined ? [] : [changesBetween(consumer, state, group.lines)]
  })
  const weight = (changes: ReadonlyArray<Change>) => changes.reduce((sum, { from, to }) => sum + relative(from, to), 0)
  return ways.toSorted((a, b) => a.length - b.length || weight(a) - weight(b))[0]
}
