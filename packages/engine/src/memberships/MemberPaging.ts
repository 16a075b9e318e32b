import { defaultPageSize, type Page, type PageQuery } from "@audiences/domain/Page"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Effect } from "effect"
import { type CursorScope, decodeCursor, encodeCursor } from "../pages/Cursor.ts"
import { contradictions } from "../pages/Paging.ts"

/** A place in the list of an audience's members: the version that is listed, and the ordinal of a consumer. */
export interface MemberPlace {
  readonly version: number
  /** -1: before everybody. */
  readonly ordinal: number
}

/** The part of the list to read: at most `size` members beyond `from` in the direction of travel; `null` = from its end, as it is now. */
export interface MemberRequest {
  readonly size: number
  readonly backwards: boolean
  readonly from: MemberPlace | null
}

// No more digits than a double holds exactly.
const place = /^(\d{1,15}):(-1|\d{1,10})$/

/** A cursor that this list did not hand out. */
export const cursorRefusal = (query: PageQuery, message: string): ValidationError =>
  refuse(query, [
    {
      path: [query.after === undefined ? "before" : "after"],
      message,
      type: "cursor",
      expected: "a cursor of this list"
    }
  ])

/** The pages of one list of members: what is listed, the id it is listed by, and everything else that decides who is in the list. */
export const memberPaging = (
  list: "members" | "group-members" | "version-members",
  id: string,
  filters: ReadonlyArray<string> = []
) => {
  const scope: CursorScope = {
    list,
    sortBy: "id",
    sortDir: "asc",
    kind: "text",
    filters: [id, ...filters].map((each) => each.toLowerCase())
  }

  const decode = (cursor: string): MemberPlace | string => {
    const position = decodeCursor(scope, cursor)
    if (position === "of another list") return "Cursor belongs to another list"
    const match = typeof position === "string" || position.value === null ? null : place.exec(position.value)
    return match === null ? "Cursor is malformed" : { version: Number(match[1]), ordinal: Number(match[2]) }
  }

  const encode = (at: MemberPlace | null): string | null =>
    at === null ? null : encodeCursor(scope, { value: `${at.version}:${at.ordinal}`, id })

  const request = (query: PageQuery): Effect.Effect<MemberRequest, ValidationError> => {
    const problems = contradictions(query)
    if (problems.length > 0) return Effect.fail(refuse(query, problems))
    const opened = {
      size: query.first ?? query.last ?? defaultPageSize,
      backwards: query.last !== undefined || query.before !== undefined
    }
    const cursor = query.after ?? query.before
    if (cursor === undefined) return Effect.succeed({ ...opened, from: null })
    const from = decode(cursor)
    return typeof from === "string" ? Effect.fail(cursorRefusal(query, from)) : Effect.succeed({ ...opened, from })
  }

  const page = <Item>(slice: {
    readonly data: ReadonlyArray<Item>
    readonly start: MemberPlace | null
    readonly end: MemberPlace | null
  }): Page<Item> => ({
    data: slice.data,
    pageInfo: { startCursor: encode(slice.start), endCursor: encode(slice.end) }
  })

  return { request, page }
}
