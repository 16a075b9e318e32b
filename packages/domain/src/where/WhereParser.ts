import { Result } from "effect"
import type { RuleLine } from "../Rule.ts"
import { groupsOf, type PlacedLine } from "./Condition.ts"
import { ConditionParser } from "./ConditionParser.ts"
import { tokensOf } from "./Token.ts"
import { WhereFault } from "./WhereFault.ts"
import { nobody } from "./WhereWords.ts"

/** Rules that were typed, and for each where its parts stand in the text. */
export interface ParsedWhere {
  readonly rules: ReadonlyArray<RuleLine>
  readonly places: ReadonlyArray<PlacedLine["places"]>
}

/** Lines of one audience are told apart by it, nothing else is: the same text always makes the same rules. */
const groupId = (index: number): string => `00000000-0000-7000-8000-${String(index + 1).padStart(12, "0")}`

const parse = (text: string): ParsedWhere => {
  const tokens = tokensOf(text)
  const end = tokens.at(-1)!
  if (tokens.length === 1)
    throw new WhereFault({ message: `Expected a condition; \`${nobody}\` stands for no rules`, place: end.place })
  if (tokens.length === 2 && tokens[0]?.kind === "word" && tokens[0].text.toLowerCase() === nobody)
    return { rules: [], places: [] }
  const groups = groupsOf(new ConditionParser(tokens, end).read())
  const lines = groups.flatMap((group, index) => group.map((line) => ({ line, index })))
  return {
    rules: lines.map(({ index, line: { field, operator, values } }) => ({
      field,
      operator,
      values,
      ...(groups.length > 1 ? { groupId: groupId(index) } : {})
    })),
    places: lines.map(({ line }) => line.places)
  }
}

/**
 * Reads rules as people type them, such as `ltv >= 1000 and lastGeoCountry in (US, CA) or loyaltyBalance > 500`. `and` binds
 * closer than `or`; what stands between two `or` is a group. Field names and values are not looked at: whoever takes the rules
 * judges them, and `places` tells where they stand.
 */
export const parseWhere = (text: string): Result.Result<ParsedWhere, WhereFault> =>
  Result.try({
    try: () => parse(text),
    catch: (error) => {
      if (error instanceof WhereFault) return error
      throw error
    }
  })
