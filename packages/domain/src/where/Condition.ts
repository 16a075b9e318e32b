import type { RuleLine } from "../Rule.ts"
import { type Place, WhereFault } from "./WhereFault.ts"
import { printLine } from "./WherePrinter.ts"

/** A rule line, and where its parts were typed. */
export interface PlacedLine extends Pick<RuleLine, "field" | "operator" | "values"> {
  readonly places: {
    readonly line: Place
    readonly field: Place
    readonly operator: Place
    readonly values: ReadonlyArray<Place>
  }
}

/** What was typed, before it is brought into groups. */
export type Condition =
  | { readonly _tag: "Line"; readonly line: PlacedLine }
  | { readonly _tag: "All" | "Any"; readonly parts: ReadonlyArray<Condition>; readonly place: Place }

type Group = ReadonlyArray<PlacedLine>

/** Groups that a person would still write out by hand. */
const mostToSuggest = 6

/** The groups that mean the same as all of these together, as far as they are few. */
const multiplied = (parts: ReadonlyArray<ReadonlyArray<Group>>): ReadonlyArray<Group> | undefined => {
  let groups: ReadonlyArray<Group> = [[]]
  for (const part of parts) {
    groups = groups.flatMap((group) => part.map((more) => [...group, ...more]))
    if (groups.length > mostToSuggest) return undefined
  }
  return groups
}

const writtenOut = (groups: ReadonlyArray<Group>): string =>
  groups.map((lines) => lines.map(printLine).join(" and ")).join(" or ")

/**
 * Brings a condition into groups: of one group all lines must hold, of the groups one is enough. An `or` inside an `and` has
 * no such form, short of lines written twice, which is left to who wrote it. Throws `WhereFault`.
 */
export const groupsOf = (condition: Condition): ReadonlyArray<Group> => {
  if (condition._tag === "Line") return [[condition.line]]
  const parts = condition.parts.map(groupsOf)
  if (condition._tag === "Any") return parts.flat()
  const at = parts.findIndex((groups) => groups.length > 1)
  const inner = condition.parts[at]
  if (inner === undefined || inner._tag === "Line") return [parts.flatMap(([group = []]) => group)]
  const groups = multiplied(parts)
  throw new WhereFault({
    message: `Rules are groups of lines: all lines of a group must hold, and one group is enough. \`or\` cannot stand inside \`and\`${
      groups === undefined
        ? "; write the groups out, with `or` between them"
        : `. The same, written out: ${writtenOut(groups)}`
    }`,
    place: inner.place
  })
}
