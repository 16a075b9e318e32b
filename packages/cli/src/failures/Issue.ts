import { Predicate } from "effect"

const keyOf = (item: unknown): string | number | undefined => {
  const key = Predicate.hasProperty(item, "key") ? item.key : item
  return typeof key === "string" || typeof key === "number" ? key : undefined
}

/** Where a problem is, as a person would write it: `rules[2].values[0]`. */
export const issuePath = (path: unknown): string => {
  if (!Array.isArray(path)) return ""
  return path
    .map(keyOf)
    .reduce<string>(
      (text, key) =>
        key === undefined ? text : typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`,
      ""
    )
}

/** One problem in one line, whatever a host puts into it. */
export const issueLine = (issue: unknown): string => {
  if (!Predicate.isObject(issue)) return String(issue)
  const message = Predicate.hasProperty(issue, "message") ? String(issue.message) : JSON.stringify(issue)
  const path = Predicate.hasProperty(issue, "path") ? issuePath(issue.path) : ""
  return path === "" ? message : `${path}: ${message}`
}
