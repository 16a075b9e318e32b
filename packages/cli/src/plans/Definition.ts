import type { AudienceFull } from "@audiences/domain/Audience"
import type { RuleLine } from "@audiences/domain/Rule"
import { printLine, printWhere, ruleGroups } from "@audiences/domain/where/WherePrinter"
import type { Declared } from "./AudienceFile.ts"

/** A field that the file wants otherwise; rules are told as they are typed. */
export interface Change {
  readonly field: string
  readonly from: unknown
  readonly to: unknown
}

/** What an update may change, besides the name and the rules. */
export const settable = [
  "description",
  "refreshIntervalSeconds",
  "iconName",
  "metadata",
  "groupId",
  "groupName",
  "groupType"
] as const

/** The same text for values that mean the same, whatever the order of their keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner
  )

/** The same text for rules that mean the same, whatever the order of their lines and groups. */
const canonicalRules = (rules: ReadonlyArray<RuleLine>): string =>
  ruleGroups(rules)
    .map((lines) => lines.map(printLine).sort().join(" and "))
    .sort()
    .join(" or ")

/** Whether the file wants other rules than the audience has. */
export const wantsOtherRules = (declared: Declared, found: AudienceFull): boolean =>
  declared.rules !== undefined && canonicalRules(declared.rules) !== canonicalRules(found.rules)

/** What the file wants otherwise. */
export const changesOf = (declared: Declared, found: AudienceFull): ReadonlyArray<Change> => [
  ...(["name", ...settable] as const)
    .filter((field) => declared[field] !== undefined && canonical(declared[field]) !== canonical(found[field]))
    .map((field) => ({ field, from: found[field] ?? null, to: declared[field] ?? null })),
  ...(wantsOtherRules(declared, found)
    ? [{ field: "where", from: printWhere(found.rules), to: printWhere(declared.rules ?? []) }]
    : [])
]

/** Why the file cannot be had by an update; undefined: it can. */
export const unchangeable = ({ primarySyncSource, type }: Declared, found: AudienceFull): string | undefined => {
  if (type !== undefined && type !== found.type) return `it is a ${found.type}, and a type cannot be changed`
  const source = found.primarySyncSource
  return primarySyncSource != null &&
    (primarySyncSource.syncSource !== source?.syncSource || primarySyncSource.syncSourceId !== source.syncSourceId)
    ? "its sync source cannot be changed"
    : undefined
}
