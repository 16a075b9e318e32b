import { defaultPageSize, type Page, type PageQuery, type SortDirection } from "@audiences/domain/Page"
import { type Problem, refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Effect } from "effect"
import { type CursorScope, decodeCursor, encodeCursor, type Position, type SortKind } from "./Cursor.ts"

/** The part of a list to read: at most `size` rows behind `from` in the direction of travel; `null` = from the end where it starts. */
export interface PageRequest<Sort extends string> {
  readonly sortBy: Sort
  readonly sortDir: SortDirection
  readonly size: number
  readonly backwards: boolean
  readonly from: Position | null
}

/** What was read, in the order of the list. `start` is null when no row precedes, `end` when none follows. */
export interface Slice<Item> {
  readonly data: ReadonlyArray<Item>
  readonly start: Position | null
  readonly end: Position | null
}

export type ListQuery<Sort extends string> = PageQuery & { readonly sortBy?: Sort; readonly sortDir?: SortDirection }

export const contradictions = (query: PageQuery): Array<Problem> => {
  const problem = (key: string, message: string): Problem => ({
    path: [key],
    message,
    type: "page",
    expected: "one direction"
  })
  if (query.last !== undefined && query.first !== undefined) return [problem("last", "Use first or last, not both")]
  if (query.before !== undefined && query.after !== undefined)
    return [problem("before", "Use after or before, not both")]
  if (query.last !== undefined && query.after !== undefined)
    return [problem("after", "Use after with first, before with last")]
  if (query.first !== undefined && query.before !== undefined)
    return [problem("before", "Use after with first, before with last")]
  return []
}

/**
 * The pages of one kind of list. `first` and `after` travel forwards, `last` and `before` backwards. By default the order is
 * `createdAt` descending; rows of one value are ordered by id in the same direction, so that the order is total.
 */
export const paging = <Sort extends string>(list: string, kinds: { readonly [S in Sort | "createdAt"]: SortKind }) => {
  const scopeOf = (
    query: ListQuery<Sort>
  ): CursorScope & { readonly sortBy: Sort; readonly sortDir: SortDirection } => {
    const {
      after: _a,
      before: _b,
      first: _f,
      last: _l,
      sortBy = "createdAt" as Sort,
      sortDir = "desc",
      ...filters
    } = query
    return { list, sortBy, sortDir, kind: kinds[sortBy], filters }
  }

  const request = (query: ListQuery<Sort>): Effect.Effect<PageRequest<Sort>, ValidationError> => {
    const problems = contradictions(query)
    if (problems.length > 0) return Effect.fail(refuse(query, problems))
    const scope = scopeOf(query)
    const backwards = query.last !== undefined || query.before !== undefined
    const size = query.first ?? query.last ?? defaultPageSize
    const opened = { sortBy: scope.sortBy, sortDir: scope.sortDir, size, backwards }
    const cursor = query.after ?? query.before
    if (cursor === undefined) return Effect.succeed({ ...opened, from: null })
    const position = decodeCursor(scope, cursor)
    if (typeof position !== "string") return Effect.succeed({ ...opened, from: position })
    const message = position === "malformed" ? "Cursor is malformed" : "Cursor belongs to another list, sort or filter"
    return Effect.fail(
      refuse(query, [
        { path: [backwards ? "before" : "after"], message, type: "cursor", expected: "a cursor of this list" }
      ])
    )
  }

  const page = <Item>(query: ListQuery<Sort>, slice: Slice<Item>): Page<Item> => {
    const cursor = (position: Position | null) => (position === null ? null : encodeCursor(scopeOf(query), position))
    return { data: slice.data, pageInfo: { startCursor: cursor(slice.start), endCursor: cursor(slice.end) } }
  }

  return { request, page }
}
