import { Effect, Stream } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import type { AudienceFull } from "@audiences/domain/Audience"
import { consumerFields } from "@audiences/domain/ConsumerField"
import { fold } from "@audiences/domain/Fold"
import type { LoyaltyTiersInput, TierInput } from "@audiences/domain/LoyaltyTier"
import { note, printList } from "../../output/Output.ts"
import { printable } from "../../output/Printable.ts"
import { sizeColumns } from "../SegmentSizes.ts"
import { goneAudiences } from "../goneAudiences.ts"
import { rangeColumns } from "./rangeColumns.ts"

const rulesOf = (attribute: LoyaltyTiersInput["attribute"], { endValue, startValue }: TierInput) => {
  const value = (bound: string | number) => (consumerFields[attribute] === "money" ? bound : Number(bound))
  return [
    { field: attribute, operator: "GREATER_THAN_OR_EQUAL" as const, values: [value(startValue)] },
    ...(endValue == null ? [] : [{ field: attribute, operator: "LESS_THAN" as const, values: [value(endValue)] }])
  ]
}

/** Shows tiers before they are written: who would be in them, and of those that are replaced who would come and go. */
export const printTierPreview = Effect.fnUntraced(function* (
  { attribute, tiers }: LoyaltyTiersInput,
  present: ReadonlyArray<AudienceFull>
) {
  const { previews } = yield* AudiencesClient
  const ids = new Map(present.map(({ id, name }) => [fold(name), id]))
  const shown = yield* Effect.forEach(
    tiers,
    Effect.fnUntraced(function* (tier) {
      const id = ids.get(fold(tier.name.trim()))
      const payload = {
        rules: rulesOf(attribute, tier),
        sampleSize: 0,
        ...(id === undefined ? {} : { audienceId: id })
      }
      const { entering, leaving, members } = yield* previews.preview({ payload })
      return {
        name: tier.name,
        startValue: tier.startValue,
        endValue: tier.endValue ?? null,
        count: members.count,
        ...(entering === undefined ? {} : { entering: entering.count }),
        ...(leaving === undefined ? {} : { leaving: leaving.count })
      }
    }),
    { concurrency: 2 }
  )
  yield* printList(
    Stream.fromIterable(shown),
    [
      ...rangeColumns,
      { title: "ENTER", align: "right", of: ({ entering }) => entering },
      { title: "LEAVE", align: "right", of: ({ leaving }) => leaving },
      ...sizeColumns(shown)
    ],
    ""
  )
  const gone = goneAudiences(
    present,
    tiers.map(({ name }) => name)
  )
  if (gone.length > 0) yield* note(`Would be archived: ${gone.map(printable).join(", ")}.`)
  yield* note("Nothing was written. Leave --dry-run out to do it.")
})
