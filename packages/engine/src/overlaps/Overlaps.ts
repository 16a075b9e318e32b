import type { AudienceNotFound } from "@audiences/domain/Audience"
import { AudienceId } from "@audiences/domain/AudienceId"
import type { AudienceOverlap, OverlapQuery } from "@audiences/domain/AudienceOverlap"
import type { OrganizationId } from "@audiences/domain/Organization"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Context, Effect, Layer } from "effect"
import { commonMembers } from "../memberships/Block.ts"
import { type OverlappingAudience, OverlapRepo } from "./OverlapRepo.ts"

/** What audiences have in common. */
export class Overlaps extends Context.Service<
  Overlaps,
  {
    readonly get: (
      organizationId: OrganizationId,
      query: OverlapQuery
    ) => Effect.Effect<AudienceOverlap, AudienceNotFound | ValidationError>
  }
>()("@audiences/engine/Overlaps") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const repo = yield* OverlapRepo

      const get = Effect.fn("Overlaps.get")(function* (organizationId: OrganizationId, query: OverlapQuery) {
        const ids = query.audienceIds
          .toLowerCase()
          .split(",")
          .map((id) => AudienceId.make(id))
        const repeated = ids.find((id, i) => ids.indexOf(id) !== i)
        if (repeated !== undefined) {
          return yield* refuse(query, [
            { path: ["audienceIds"], message: `Audience ${repeated} is named twice`, expected: "each audience once" }
          ])
        }
        const audiences = yield* repo.read(organizationId, ids)
        const intersections = audiences.map(() => audiences.map(() => 0))
        for (const [i, one] of audiences.entries()) {
          for (const [j, other] of audiences.slice(0, i + 1).entries()) {
            intersections[i]![j] = intersections[j]![i] = inCommon(one, other)
          }
          // A row takes milliseconds; others want to be answered, too.
          yield* Effect.yieldNow
        }
        return {
          audiences: audiences.map(({ audienceId, name }, i) => ({ audienceId, name, count: intersections[i]![i]! })),
          intersections
        }
      })

      return Overlaps.of({ get })
    })
  )
}

const inCommon = (one: OverlappingAudience, other: OverlappingAudience): number => {
  let count = 0
  for (const [number, block] of one.blocks) {
    const those = other.blocks.get(number)
    if (those !== undefined) count += commonMembers(block, those)
  }
  return count
}
