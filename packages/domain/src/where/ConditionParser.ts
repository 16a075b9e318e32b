import type { RuleOperator } from "../Rule.ts"
import type { Scalar } from "../Scalar.ts"
import type { Condition, PlacedLine } from "./Condition.ts"
import type { Token } from "./Token.ts"
import { type Place, WhereFault } from "./WhereFault.ts"
import { isKeptExactly, isReserved, operatorWords, valueOfWord } from "./WhereWords.ts"

const mostNested = 100

const operators = new Map<string, RuleOperator>([
  ...Object.entries(operatorWords).map(([operator, words]) => [words, operator as RuleOperator] as const),
  ["==", "EQUALS"],
  ["<>", "NOT_EQUALS"]
])

const from = (first: Place, last: Place): Place => ({ start: first.start, end: last.end })

interface Value {
  readonly value: Scalar
  readonly place: Place
}

/** Reads tokens from left to right. Throws `WhereFault` at the first that does not fit. */
export class ConditionParser {
  readonly #tokens: ReadonlyArray<Token>
  readonly #end: Token
  #at = 0
  #nested = 0

  constructor(tokens: ReadonlyArray<Token>, end: Token) {
    this.#tokens = tokens
    this.#end = end
  }

  /** The whole of it. */
  read(): Condition {
    const condition = this.#any()
    if (this.#now.kind !== "end") this.#refuse("Expected `and`, `or` or the end")
    return condition
  }

  get #now(): Token {
    return this.#tokens[this.#at] ?? this.#end
  }

  #next(): Token {
    const token = this.#now
    this.#at += 1
    return token
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#now
    return kind === "symbol" ? found === text : kind === "word" && found.toLowerCase() === text
  }

  #refuse(message: string, place = this.#now.place): never {
    throw new WhereFault({ message, place })
  }

  #expect(text: string, otherwise: string): Token {
    if (!this.#is(text)) this.#refuse(otherwise)
    return this.#next()
  }

  #any(): Condition {
    return this.#joined("Any", "or", () => this.#joined("All", "and", () => this.#term()))
  }

  #joined(_tag: "Any" | "All", between: string, one: () => Condition): Condition {
    const { place: first } = this.#now
    const condition = one()
    const parts = [condition]
    while (this.#is(between)) {
      this.#next()
      parts.push(one())
    }
    const last = this.#tokens[this.#at - 1] ?? this.#end
    return parts.length === 1 ? condition : { _tag, parts, place: from(first, last.place) }
  }

  #term(): Condition {
    if (!this.#is("(")) return { _tag: "Line", line: this.#line() }
    const open = this.#next()
    if (++this.#nested > mostNested) this.#refuse("Too many parentheses inside each other", open.place)
    const inner = this.#any()
    const close = this.#expect(")", "Expected `and`, `or` or `)`")
    this.#nested--
    return inner._tag === "Line" ? inner : { ...inner, place: from(open.place, close.place) }
  }

  #line(): PlacedLine {
    const field = this.#field()
    const first = this.#now.place
    const operator = this.#operator()
    const operatorPlace = from(first, this.#tokens[this.#at - 1]?.place ?? first)
    const values = this.#values(operator)
    const last = this.#tokens[this.#at - 1] ?? field
    return {
      field: field.text,
      operator,
      values: values.map(({ value }) => value),
      places: {
        line: from(field.place, last.place),
        field: field.place,
        operator: operatorPlace,
        values: values.map(({ place }) => place)
      }
    }
  }

  #field(): Token {
    if (this.#is("not"))
      this.#refuse(
        "`not` stands only before `in`, `contains` and `exists`. Turn the operator round instead: `!=` for `=`, `<=` for `>`"
      )
    const { kind, text } = this.#now
    if (kind === "quoted" || (kind === "word" && !isReserved(text))) return this.#next()
    return this.#refuse(
      kind === "word"
        ? `Expected the name of a field; one that is called "${text}" is written in quotes`
        : "Expected the name of a field, such as ltv or metadata.city"
    )
  }

  #operator(): RuleOperator {
    const negated = this.#is("not") ? this.#next() : undefined
    const { kind, text } = this.#now
    const operator =
      kind === "quoted" ? undefined : operators.get(`${negated === undefined ? "" : "not "}${text.toLowerCase()}`)
    if (operator === undefined)
      return this.#refuse(
        negated === undefined
          ? "Expected =, !=, >, >=, <, <=, between, in, not in, contains, not contains, exists or not exists"
          : "Expected in, contains or exists after `not`"
      )
    this.#next()
    return operator
  }

  #values(operator: RuleOperator): ReadonlyArray<Value> {
    if (this.#is("(")) return this.#list()
    switch (operator) {
      case "EXISTS":
      case "NOT_EXISTS":
        return []
      case "BETWEEN": {
        const low = this.#value()
        this.#expect("and", "Expected `and` and the upper end, as in `between 1 and 5`")
        return [low, this.#value()]
      }
      case "IN":
      case "NOT_IN":
        return this.#refuse("Expected values in parentheses, such as (US, CA)")
      default:
        return [this.#value()]
    }
  }

  #list(): ReadonlyArray<Value> {
    this.#next()
    const values: Array<Value> = []
    while (!this.#is(")")) {
      values.push(this.#value())
      if (!this.#is(")")) this.#expect(",", "Expected `,` or `)`")
    }
    this.#next()
    return values
  }

  #value(): Value {
    const { kind, place, text } = this.#now
    if (kind !== "quoted") {
      if (kind !== "word") this.#refuse("Expected a value")
      if (isReserved(text))
        this.#refuse(`\`${text}\` is a word of the language; as a value it is written in quotes: "${text}"`)
    }
    this.#next()
    const value = kind === "quoted" ? text : valueOfWord(text)
    if (typeof value === "number" && !isKeptExactly(text))
      this.#refuse(
        `This number has more digits than a JSON number keeps; an amount of money may be written in quotes: "${text}"`,
        place
      )
    return { value, place }
  }
}
