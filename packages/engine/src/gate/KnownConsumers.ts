import type { ConsumerId } from "@audiences/domain/Consumer"
import type { OrganizationId } from "@audiences/domain/Organization"
import { Effect, Option } from "effect"
import type { GateMemory } from "./GateMemory.ts"
import type { GateRepo } from "./GateRepo.ts"
import type { Reach } from "./Reach.ts"

/** Consumers whose ids are read at once: their taking in holds up nobody for more than a few milliseconds. */
const idsAtOnce = 20_000

/** Of memory, for that many, while the list moves to where it can grow. */
const bytesAtOnce = idsAtOnce * 40

/** Looks consumers up: in memory, else in the database, which teaches memory everybody who came since it was taught last. */
export const makeKnownConsumers = (repo: GateRepo["Service"], memory: GateMemory, reach: Reach) => {
  const learning = new Set<OrganizationId>()

  const learn = Effect.fnUntraced(function* (organizationId: OrganizationId) {
    const consumers = memory.consumers(organizationId)
    while (memory.hasRoom(bytesAtOnce)) {
      const more = yield* repo.consumersAfter(organizationId, consumers.last, idsAtOnce)
      consumers.append(more)
      if (more.ordinals.length < idsAtOnce * 4) return
    }
  })

  const startLearning = (organizationId: OrganizationId) =>
    Effect.suspend(() => {
      if (learning.has(organizationId)) return Effect.void
      learning.add(organizationId)
      return reach.apart(
        Effect.ensuring(
          learn(organizationId),
          Effect.sync(() => learning.delete(organizationId))
        )
      )
    })

  /** The ordinal of a consumer, whose id is in lower case. None: nobody can tell; some none: no such consumer. */
  const ordinalOf = Effect.fnUntraced(function* (organizationId: OrganizationId, consumerId: ConsumerId) {
    const remembered = memory.consumers(organizationId).find(consumerId)
    if (remembered !== -1) return Option.some(Option.some(remembered))
    const found = yield* reach.inTime(repo.findOrdinal(organizationId, consumerId))
    if (Option.isSome(Option.flatten(found))) yield* startLearning(organizationId)
    return found
  })

  return { ordinalOf }
}
