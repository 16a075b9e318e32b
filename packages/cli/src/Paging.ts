import { Effect, Option, Stream } from "effect"
import { Flag } from "effect/cli"
import { items } from "@audiences/client/Pages"
import { maxPageSize, type Page } from "@audiences/domain/Page"
import { note, printList, type Shown } from "./output/Output.ts"

const defaultLimit = 50

export interface Paging {
  readonly limit: number
  readonly all: boolean
}

/** How much of a list to read. */
export const pagingFlags = {
  limit: Flag.Int("limit").pipe(
    Flag.filter(
      (limit) => limit >= 1,
      () => "Expected a whole number, 1 or more"
    ),
    Flag.withDefault(defaultLimit),
    Flag.withDescription(`How many to print, at most (${defaultLimit} unless given)`)
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withoutNegation,
    Flag.withDefault(false),
    Flag.withDescription("Print all there are")
  )
}

interface PageQuery {
  readonly first: number
  readonly after?: string
}

/** Prints the items asked for, read in pages no larger than needed, and says so if there are more. */
export const printPaged = Effect.fnUntraced(function* <A, E, R>(
  { all, limit }: Paging,
  readPage: (query: PageQuery) => Effect.Effect<Page<A>, E, R>,
  columns: ReadonlyArray<Shown<A>>,
  nothing: string
) {
  let read = 0,
    follows = false
  const found = items((cursor) =>
    Effect.tap(readPage({ first: all ? maxPageSize : Math.min(limit, maxPageSize), ...cursor }), (page) =>
      Effect.sync(() => {
        read += page.data.length
        follows = page.pageInfo.endCursor !== null
      })
    )
  )
  yield* printList(all ? found : Stream.take(found, limit), columns, nothing)
  if (!all && (follows || read > limit))
    yield* note(`These are the first ${limit}; --limit prints more, --all prints all.`)
})

/** The value of an optional flag as an optional key. */
export const optionalKey = <Key extends string, A>(key: Key, value: Option.Option<A>): { readonly [K in Key]?: A } =>
  Option.isSome(value) ? ({ [key]: value.value } as { readonly [K in Key]?: A }) : {}
