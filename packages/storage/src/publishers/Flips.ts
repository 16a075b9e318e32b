import type { OrganizationId } from "@audiences/domain/Organization"
import type { AskedField } from "@audiences/engine/rules/ConditionFields"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { readCompared } from "./ComparedConsumers.ts"
import type { FollowedAudience } from "./FollowedAudiences.ts"
import { readSides } from "./Sides.ts"
import type { Touch, TouchedConsumers } from "./Touched.ts"

/** Who changes sides in an audience, and why. */
export interface Flips {
  readonly audience: FollowedAudience
  readonly ordinals: ReadonlyArray<number>
  readonly cause: string
}

/** Consumers that are in question for the same audiences. */
interface Group {
  readonly audiences: ReadonlyArray<FollowedAudience>
  readonly ordinals: Array<number>
}

const isTouched = ({ fields, boundaries }: FollowedAudience, touch: Touch): boolean => {
  if (touch.fields === null) return true
  for (const field of fields) if (touch.fields.has(field)) return true
  for (const key of boundaries.keys()) if (touch.boundaries.has(key)) return true
  return false
}

const groupsOf = (
  audiences: ReadonlyArray<FollowedAudience>,
  consumers: ReadonlyMap<number, Touch>
): ReadonlyArray<Group> => {
  const groups = new Map<string, Group>()
  for (const [ordinal, touch] of consumers) {
    const key = touch.fields === null ? "all" : `${[...touch.fields].sort()}|${[...touch.boundaries].sort()}`
    const known = groups.get(key)
    if (known !== undefined) known.ordinals.push(ordinal)
    else groups.set(key, { audiences: audiences.filter((each) => isTouched(each, touch)), ordinals: [ordinal] })
  }
  return [...groups.values()].filter(({ audiences }) => audiences.length > 0)
}

const causeOf = (ordinals: ReadonlyArray<number>, consumers: ReadonlyMap<number, Touch>): string => {
  const causes = new Set(ordinals.map((ordinal) => consumers.get(ordinal)?.cause ?? "time"))
  if (causes.has("write")) return "write"
  return [...causes].find((cause) => cause !== "time") ?? "time"
}

/** Asks the rules of whoever is touched, and compares with what is stored. */
export const readFlips = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  organizationId: OrganizationId,
  audiences: ReadonlyArray<FollowedAudience>,
  { consumers, until }: TouchedConsumers
) {
  const groups = groupsOf(audiences, consumers)
  if (groups.length === 0) return []
  const fields = new Set<AskedField>(groups.flatMap((group) => group.audiences.flatMap((each) => [...each.fields])))
  const ordinals = groups.flatMap((group) => group.ordinals)
  const read = yield* readCompared(sql, organizationId, ordinals, fields)
  // Read after the consumers: who is archived in between is out, and found to be archived before anything is published.
  const side = yield* readSides(
    sql,
    organizationId,
    groups.map((group) => ({ audiences: group.audiences.map(({ id }) => id), ordinals: group.ordinals }))
  )
  const now = DateTime.toEpochMillis(until)
  const flips = new Map<FollowedAudience, Array<number>>()
  for (const group of groups) {
    for (const audience of group.audiences) {
      for (const ordinal of group.ordinals) {
        const consumer = read.get(ordinal)
        const belongs = consumer !== undefined && !consumer.archived && audience.predicate(consumer.compared, now)
        if (belongs === side(audience.id, ordinal)) continue
        const those = flips.get(audience)
        if (those === undefined) flips.set(audience, [ordinal])
        else those.push(ordinal)
      }
    }
  }
  return Array.from(flips, ([audience, those]): Flips => ({
    audience,
    ordinals: those,
    cause: causeOf(those, consumers)
  }))
})
