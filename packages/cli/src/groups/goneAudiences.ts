import type { AudienceFull } from "@audiences/domain/Audience"
import { fold } from "@audiences/domain/Fold"

/** The names of the audiences of a group that a replacement would archive: those that are not among its names, as the server matches them. */
export const goneAudiences = (
  present: ReadonlyArray<Pick<AudienceFull, "name">>,
  names: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const kept = new Set(names.map((name) => fold(name.trim())))
  return present.flatMap(({ name }) => (kept.has(fold(name)) ? [] : [name]))
}
