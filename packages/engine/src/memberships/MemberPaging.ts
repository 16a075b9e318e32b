import type { AudienceId } from "@audiences/domain/AudienceId"
import { defaultPageSize, type PageQuery } from "@audiences/domain/Page"
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

const scopeOf = (audienceId: AudienceId): CursorScope => ({
  list: "members",
  sortBy: "id",
  sortDir: "asc",
  kind: "text",
  filters: audienceId.toLowerCase()
})

export const encodeMemberCursor = (audienceId: AudienceId, { version, ordinal }: MemberPlace): string =>
  encodeCursor(scopeOf(audienceId), { value: `${version}:${ordinal}`, id: audienceId })

// No more digits than a double holds exactly.
const place = /^(\d{1,15}):(-1|\d{1,10})$/

const decodeMemberCursor = (audienceId: AudienceId, cursor: string): MemberPlace | string => {
  const position = decodeCursor(scopeOf(audienceId), cursor)
  if (position === "of another list") return "Cursor belongs to another list"
  const match = typeof position === "string" || position.value === null ? null : place.exec(position.value)
  return match === null ? "Cursor is malformed" : { version: Number(match[1]), ordinal: Number(match[2]) }
}

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

export const memberRequest = (
  audienceId: AudienceId,
  query: PageQuery
): Effect.Effect<MemberRequest, ValidationError> => {
  const problems = contradictions(query)
  if (problems.length > 0) return Effect.fail(refuse(query, problems))
  const opened = {
    size: query.first ?? query.last ?? defaultPageSize,
    backwards: query.last !== undefined || query.before !== undefined
  }
  const cursor = query.after ?? query.before
  if (cursor === undefined) return Effect.succeed({ ...opened, from: null })
  const from = decodeMemberCursor(audienceId, cursor)
  return typeof from === "string" ? Effect.fail(cursorRefusal(query, from)) : Effect.succeed({ ...opened, from })
}
