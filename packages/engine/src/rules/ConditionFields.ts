import type { ConsumerFieldName, FieldOfKind } from "@audiences/domain/ConsumerField"
import type { Bound, Condition, Moment } from "./Condition.ts"

/** What a change of a consumer can touch: `metadata` stands for all of its keys. */
export type AskedField = ConsumerFieldName | "metadata"

/** The leaves of a condition. */
type Leaf = Exclude<Condition, { readonly _tag: "Not" | "All" | "Any" }>

const leavesOf = (condition: Condition): ReadonlyArray<Leaf> => {
  switch (condition._tag) {
    case "Not":
      return leavesOf(condition.condition)
    case "All":
    case "Any":
      return condition.conditions.flatMap(leavesOf)
    default:
      return [condition]
  }
}

/** The fields that decide whether a condition holds. */
export const fieldsOf = (condition: Condition): ReadonlySet<AskedField> =>
  new Set(leavesOf(condition).map((leaf) => ("field" in leaf ? leaf.field : "metadata")))

/**
 * An end of a range that moves along with now. A consumer passes it, and the answer of its leaf changes, at the instant
 * value − `offsetMillis` + `delayMillis`.
 */
export interface Boundary {
  readonly field: FieldOfKind<"instant">
  readonly offsetMillis: number
  /** 1 where the end itself still counts as before. */
  readonly delayMillis: 0 | 1
}

export const boundaryKey = ({ field, offsetMillis, delayMillis }: Boundary): string =>
  `${field} ${offsetMillis} ${delayMillis}`

const boundary = (
  field: FieldOfKind<"instant">,
  bound: Bound<Moment> | undefined,
  end: "low" | "high"
): ReadonlyArray<Boundary> =>
  bound?.value._tag !== "Relative"
    ? []
    : [{ field, offsetMillis: bound.value.offsetMillis, delayMillis: bound.inclusive === (end === "low") ? 1 : 0 }]

/** The boundaries that time alone carries consumers over, each once. */
export const boundariesOf = (condition: Condition): ReadonlyArray<Boundary> => {
  const all = leavesOf(condition).flatMap((leaf) =>
    leaf._tag === "InstantWithin"
      ? [...boundary(leaf.field, leaf.low, "low"), ...boundary(leaf.field, leaf.high, "high")]
      : []
  )
  return [...new Map(all.map((each) => [boundaryKey(each), each])).values()]
}
