import { Effect, Option, Stream } from "effect"
import type { Page } from "@audiences/domain/Page"

/** Reads the page that begins after a cursor; without one, the first. */
type ReadPage<A, E, R> = (cursor: { readonly after?: string }) => Effect.Effect<Page<A>, E, R>

/**
 * Every item of a list, page after page, each read when the one before is used up:
 * `items((cursor) => client.audiences.list({ query: { first: 100, ...cursor } }))`.
 */
export const items = <A, E, R>(readPage: ReadPage<A, E, R>): Stream.Stream<A, E, R> =>
  Stream.paginate({} as { readonly after?: string }, (cursor) =>
    Effect.map(
      readPage(cursor),
      (page) => [page.data, Option.map(Option.fromNullOr(page.pageInfo.endCursor), (after) => ({ after }))] as const
    )
  )
