import { Effect, Stream } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { items } from "@audiences/client/Pages"
import type { AudienceId } from "@audiences/domain/AudienceId"
import { maxBatchSize } from "@audiences/domain/Consumer"
import { maxPageSize } from "@audiences/domain/Page"
import { copyConsumers } from "./ConsumerCopy.ts"
import { Source } from "./Source.ts"

/**
 * Puts the members of a list at the source into a list here. Who is in it already stays; nobody is taken out. Gives how many
 * members of the source are not here.
 */
export const copyMembers = Effect.fn("migrations.copyMembers")(function* (
  sourceId: AudienceId,
  audienceId: AudienceId
) {
  const { read } = yield* Source
  const { members } = yield* AudiencesClient
  const found = items((cursor) =>
    read((source) =>
      source.members.list({ params: { audienceId: sourceId }, query: { first: maxPageSize, ...cursor } })
    )
  )
  return yield* found.pipe(
    Stream.buffer({ capacity: maxBatchSize }),
    Stream.grouped(maxBatchSize),
    Stream.mapEffect((consumers) =>
      Effect.gen(function* () {
        // Writing them again is how their ids here are found: members are consumers that were copied a moment ago.
        const { ids, rejections } = yield* copyConsumers(consumers)
        if (ids.length > 0) yield* members.add({ params: { audienceId }, payload: { consumerIds: ids } })
        return rejections.length
      })
    ),
    Stream.runFold(
      () => 0,
      (missing, more) => missing + more
    )
  )
})
