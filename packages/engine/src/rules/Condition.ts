import type { ConsumerFieldName, FieldOfKind } from "@audiences/domain/ConsumerField"

/** One end of a range. */
export interface Bound<Value> {
  readonly value: Value
  readonly inclusive: boolean
}

/** A point in time: fixed, or moving along with now (`offsetMillis` is negative for the past). */
export type Moment =
  { readonly _tag: "At"; readonly epochMillis: number } | { readonly _tag: "Relative"; readonly offsetMillis: number }

/** What a metadata value is compared with; text is folded. */
export type MetadataScalar = string | number | boolean

/** Every leaf says which rule line it came from, by its index. */
interface Leaf {
  readonly line: number
}

interface Range<Value> {
  /** Absent: open. One of the two is always there. */
  readonly low?: Bound<Value>
  readonly high?: Bound<Value>
}

/** The field has a value at all. */
export interface Exists extends Leaf {
  readonly _tag: "Exists"
  readonly field: ConsumerFieldName
}

/** `values` are folded, as is what they are compared with. */
export interface TextOneOf extends Leaf {
  readonly _tag: "TextOneOf"
  readonly field: FieldOfKind<"text">
  readonly values: ReadonlyArray<string>
}

/** `text` is folded and not empty. */
export interface TextContains extends Leaf {
  readonly _tag: "TextContains"
  readonly field: FieldOfKind<"text">
  readonly text: string
}

export interface NumberOneOf extends Leaf {
  readonly _tag: "NumberOneOf"
  readonly field: FieldOfKind<"number">
  readonly values: ReadonlyArray<number>
}

export interface NumberWithin extends Leaf, Range<number> {
  readonly _tag: "NumberWithin"
  readonly field: FieldOfKind<"number">
}

/** Amounts are decimal strings in their shortest form, possibly negative. */
export interface MoneyOneOf extends Leaf {
  readonly _tag: "MoneyOneOf"
  readonly field: FieldOfKind<"money">
  readonly values: ReadonlyArray<string>
}

export interface MoneyWithin extends Leaf, Range<string> {
  readonly _tag: "MoneyWithin"
  readonly field: FieldOfKind<"money">
}

/** `values` are milliseconds since 1970. */
export interface InstantOneOf extends Leaf {
  readonly _tag: "InstantOneOf"
  readonly field: FieldOfKind<"instant">
  readonly values: ReadonlyArray<number>
}

export interface InstantWithin extends Leaf, Range<Moment> {
  readonly _tag: "InstantWithin"
  readonly field: FieldOfKind<"instant">
}

export interface BooleanIs extends Leaf {
  readonly _tag: "BooleanIs"
  readonly field: FieldOfKind<"boolean">
  readonly value: boolean
}

/** The key is there, and its value is neither null nor an empty array. */
export interface MetadataExists extends Leaf {
  readonly _tag: "MetadataExists"
  readonly key: string
}

/** The value, or an element of it when it is an array, is one of `values`, type and all. */
export interface MetadataOneOf extends Leaf {
  readonly _tag: "MetadataOneOf"
  readonly key: string
  readonly values: ReadonlyArray<MetadataScalar>
}

/** The value is a text that `value` is a part of, or an array with an element that equals `value`. */
export interface MetadataContains extends Leaf {
  readonly _tag: "MetadataContains"
  readonly key: string
  readonly value: MetadataScalar
}

/** The value is a number in the range. */
export interface MetadataWithin extends Leaf, Range<number> {
  readonly _tag: "MetadataWithin"
  readonly key: string
}

export interface Not {
  readonly _tag: "Not"
  readonly condition: Condition
}

/** Every one holds. With no conditions: everybody. */
export interface All {
  readonly _tag: "All"
  readonly conditions: ReadonlyArray<Condition>
}

/** At least one holds. With no conditions: nobody. */
export interface Any {
  readonly _tag: "Any"
  readonly conditions: ReadonlyArray<Condition>
}

/**
 * The closed form every rule list is reduced to: what its interpreters (SQL, columns, explanations) switch over. A leaf is true or
 * false of every consumer, and false where the value is missing.
 */
export type Condition =
  | Exists
  | TextOneOf
  | TextContains
  | NumberOneOf
  | NumberWithin
  | MoneyOneOf
  | MoneyWithin
  | InstantOneOf
  | InstantWithin
  | BooleanIs
  | MetadataExists
  | MetadataOneOf
  | MetadataContains
  | MetadataWithin
  | Not
  | All
  | Any
