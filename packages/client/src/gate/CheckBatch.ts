import type { PersonNamed } from "@audiences/domain/MemberCheck"

/** A person by id, or by exactly one of id, email, phone and external id. */
export type Person = string | typeof PersonNamed.Encoded

export const namedPerson = (person: Person): typeof PersonNamed.Encoded =>
  typeof person === "string" ? { consumerId: person } : person

/** As many as one request may ask for. */
export const chunksOf = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))

const keyAt = (issue: unknown, depth: number): unknown => {
  const path = typeof issue === "object" && issue !== null && "path" in issue ? issue.path : undefined
  const item: unknown = Array.isArray(path) ? path[depth] : undefined
  return typeof item === "object" && item !== null && "key" in item ? item.key : item
}

/**
 * The issues of a refused check by the person that each is about; the others of the request are not to blame. Null: one is about
 * something else, or about nobody who was asked for.
 */
export const issuesByPerson = <Issue>(
  issues: ReadonlyArray<Issue>,
  count: number
): ReadonlyMap<number, ReadonlyArray<Issue>> | null => {
  const found = new Map<number, Array<Issue>>()
  for (const issue of issues) {
    const index = keyAt(issue, 1)
    if (keyAt(issue, 0) !== "consumers" || typeof index !== "number" || index >= count) return null
    found.set(index, [...(found.get(index) ?? []), issue])
  }
  return found.size === 0 ? null : found
}
