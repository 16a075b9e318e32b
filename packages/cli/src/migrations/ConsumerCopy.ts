import { DateTime, Effect, Option, Result, Stream } from "effect"
import { AudiencesClient } from "@audiences/client/AudiencesClient"
import { items } from "@audiences/client/Pages"
import { type ConsumerCreate, type ConsumerFull, type ConsumerId, maxBatchSize } from "@audiences/domain/Consumer"
import { maxPageSize } from "@audiences/domain/Page"
import type { ValidationError } from "@audiences/domain/ValidationError"
import { issueLine } from "../failures/Issue.ts"
import { carriedConsumer } from "./CarriedConsumer.ts"
import { Source } from "./Source.ts"

/** Why a consumer of the source is not here. */
export interface Rejection {
  readonly sourceId: ConsumerId
  readonly reason: string
}

export interface Copied {
  /** Ids here, in the order of the source. */
  readonly ids: ReadonlyArray<ConsumerId>
  readonly rejections: ReadonlyArray<Rejection>
}

interface Carried {
  readonly sourceId: ConsumerId
  readonly body: ConsumerCreate
}

/** Which of a batch were refused, and why. */
const refusedOf = ({ issues }: ValidationError): ReadonlyMap<number, string> =>
  new Map(
    issues.flatMap((issue) => {
      const index = issue.path[1]?.key
      return typeof index === "number"
        ? [[index, issueLine({ message: issue.message, path: issue.path.slice(2) })]]
        : []
    })
  )

/** One bad consumer refuses a whole batch: the others are sent again without it. */
const writeBatch = Effect.fnUntraced(function* (batch: ReadonlyArray<Carried>) {
  const { consumers } = yield* AudiencesClient
  const rejections: Array<Rejection> = []
  let left = batch
  let ids: ReadonlyArray<ConsumerId> = []
  while (left.length > 0) {
    const write = consumers.batch({ payload: { consumers: left.map(({ body }) => body) } })
    const refused = yield* write.pipe(
      Effect.map((written) => {
        ids = written.map(({ id }) => id)
        return new Map<number, string>()
      }),
      Effect.catchTag("ValidationError", (error) => {
        const found = refusedOf(error)
        return found.size === 0 ? Effect.fail(error) : Effect.succeed(found)
      })
    )
    if (refused.size === 0) break
    for (const [index, reason] of refused) rejections.push({ sourceId: left[index]!.sourceId, reason })
    left = left.filter((_, index) => !refused.has(index))
  }
  return { ids, rejections } satisfies Copied as Copied
})

/** Brings consumers of the source here: those who are here already are matched, as a batch matches them. */
export const copyConsumers = Effect.fnUntraced(function* (consumers: ReadonlyArray<ConsumerFull>) {
  const rejections: Array<Rejection> = []
  const batch = consumers.flatMap((consumer) =>
    Result.match(carriedConsumer(consumer), {
      onSuccess: (body) => [{ sourceId: consumer.id, body }],
      onFailure: (reason) => (rejections.push({ sourceId: consumer.id, reason }), [])
    })
  )
  const written = yield* writeBatch(batch)
  return { ids: written.ids, rejections: [...rejections, ...written.rejections] } satisfies Copied as Copied
})

/** All live consumers of the source in batches, oldest first; the next pages are read while a batch is written. */
export const sourceConsumers = (since: Option.Option<DateTime.Utc>) =>
  Stream.unwrap(
    Source.use(({ read }) =>
      Effect.succeed(
        items((cursor) =>
          read(({ consumers }) =>
            consumers.list({
              query: {
                first: maxPageSize,
                sortBy: "createdAt",
                sortDir: "asc",
                // Whether the bound itself is in is not said by the contract: a millisecond more does no harm.
                ...Option.match(since, {
                  onNone: () => ({}),
                  onSome: (at) => ({ createdAfter: DateTime.subtract(at, { milliseconds: 1 }) })
                }),
                ...cursor
              }
            })
          )
        ).pipe(Stream.buffer({ capacity: maxBatchSize }), Stream.grouped(maxBatchSize))
      )
    )
  )
