import { Schema, SchemaGetter, SchemaTransformation } from "effect"
import { Text } from "./Scalar.ts"

/** `endCursor` is null when no row follows, `startCursor` when none precedes. */
export const PageInfo = Schema.Struct({
  endCursor: Schema.NullOr(Schema.String),
  startCursor: Schema.NullOr(Schema.String)
}).annotate({ identifier: "PageInfo" })
export type PageInfo = typeof PageInfo.Type

/** One page of a list. */
export const pageOf = <Item extends Schema.Top>(item: Item) =>
  Schema.Struct({ data: Schema.Array(item), pageInfo: PageInfo })
export interface Page<Item> {
  readonly data: ReadonlyArray<Item>
  readonly pageInfo: PageInfo
}

export const defaultPageSize = 20
export const maxPageSize = 100

const PageSize = Schema.String.check(
  Schema.isPattern(/^([1-9]\d?|100)$/u, { expected: `a whole number from 1 to ${maxPageSize}` })
).pipe(Schema.decodeTo(Schema.Finite, SchemaTransformation.numberFromString))

/** Forwards with `first` and `after`, backwards with `last` and `before`; without either, the first 20. */
export const pageQuery = {
  first: Schema.optionalKey(PageSize),
  after: Schema.optionalKey(Text),
  last: Schema.optionalKey(PageSize),
  before: Schema.optionalKey(Text)
}
export type PageQuery = Schema.Struct.Type<typeof pageQuery>

export const SortDirection = Schema.Literals(["asc", "desc"])
export type SortDirection = typeof SortDirection.Type

/** A query parameter that is `true` or `false`. */
export const BooleanFromString = Schema.Literals(["true", "false"]).pipe(
  Schema.decodeTo(Schema.Boolean, {
    decode: SchemaGetter.transform((text: "true" | "false") => text === "true"),
    encode: SchemaGetter.transform((value: boolean) => (value ? ("true" as const) : ("false" as const)))
  })
)
