import { Predicate } from "effect"

/** What JSON has under a path such as `pageInfo.endCursor`; undefined where there is nothing. */
export const fieldAt = (json: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (Predicate.hasProperty(value, key) ? value[key] : undefined), json)

/** As JSON has it: instants are texts, what is undefined is absent. */
export const asJson = (item: unknown): unknown => JSON.parse(JSON.stringify(item)) as unknown
