import { Clock, Effect } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull } from "@audiences/domain/Audience"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { notCarried } from "./CarriedConsumer.ts"
import { Source } from "./Source.ts"

/** Milliseconds that the evaluation of an audience here is waited for. */
const evaluationPatience = 120_000
const pause = "250 millis"

/** Waits until the membership here reflects all that was written. False: it did not in time. */
const settled = Effect.fnUntraced(function* (audienceId: AudienceId) {
  const { audiences } = yield* AudiencesClient
  const until = (yield* Clock.currentTimeMillis) + evaluationPatience
  for (;;) {
    const { inProgress, stale, version } = yield* audiences.status({ params: { audienceId } })
    if (!inProgress && !stale && version > 0) return true
    if ((yield* Clock.currentTimeMillis) > until) return false
    yield* Effect.sleep(pause)
  }
})

const isRelative = (value: unknown): boolean => typeof value === "string" && /^-?P/i.test(value)

/** What may make a DYNAMIC audience have other members here, as far as its rules tell. */
const causes = ({ rules }: AudienceFull): ReadonlyArray<string> => {
  const own = [...new Set(rules.map(({ field }) => field).filter((field) => notCarried.has(field)))]
  return [
    ...(own.length > 0 ? [`its rules ask for ${own.join(", ")}, which cannot be copied`] : []),
    ...(rules.some(({ values }) => values.some(isRelative)) ? ["its rules are relative to now"] : [])
  ]
}

const cause = (source: AudienceFull, isSettled: boolean): string => {
  if (source.type === "SYNCED_LIST") return "its members come with its first sync here"
  if (!isSettled) return "it is not evaluated here yet"
  const known = source.type === "DYNAMIC" ? causes(source) : []
  return known.length > 0
    ? known.join(" and ")
    : "consumers were rejected, were here before, or changed there since, or its count there is not fresh"
}

/** The number of members there and here, and what makes them differ. */
export const compareCounts = Effect.fn("migrations.compareCounts")(function* (
  source: AudienceFull,
  audienceId: AudienceId | undefined,
  dryRun: boolean
) {
  const { read } = yield* Source
  const { audiences } = yield* AudiencesClient
  const there = yield* read((client) => client.audiences.count({ params: { audienceId: source.id } }))
  if (audienceId === undefined) return { source: there.count, here: null, notes: [] }
  const isSettled = dryRun || source.type !== "DYNAMIC" || (yield* settled(audienceId))
  const here = yield* audiences.count({ params: { audienceId } })
  const difference = here.count - there.count
  return {
    source: there.count,
    here: here.count,
    notes: difference === 0 || dryRun ? [] : [`${difference > 0 ? "+" : ""}${difference}: ${cause(source, isSettled)}`]
  }
})
