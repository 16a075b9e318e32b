import { defaultHistorySize, type HistoryQuery } from "@audiences/domain/Activity"
import type { ConsumerId } from "@audiences/domain/Consumer"
import { refuse, type ValidationError } from "@audiences/domain/ValidationError"
import { Effect } from "effect"
import { decodeCursor, encodeCursor, type Position } from "../pages/Cursor.ts"

/** The part of a history to read, the latest first: at most `size` entries behind `from`; `null` = from the latest. */
export interface HistoryRequest {
  readonly size: number
  readonly from: Position | null
}

/** `end` is null when nothing follows. */
export interface HistorySlice<Entry> {
  readonly entries: ReadonlyArray<Entry>
  readonly end: Position | null
}

/** The pages of one history of one consumer. */
export const historyPaging = (list: "timeline" | "loyalty-transactions", consumerId: ConsumerId) => {
  const scope = {
    list,
    sortBy: "timestamp",
    sortDir: "desc",
    kind: "instant",
    filters: consumerId.toLowerCase()
  } as const

  const request = ({
    after,
    first = defaultHistorySize
  }: HistoryQuery): Effect.Effect<HistoryRequest, ValidationError> => {
    if (after === undefined) return Effect.succeed({ size: first, from: null })
    const from = decodeCursor(scope, after)
    if (typeof from !== "string") return Effect.succeed({ size: first, from })
    const message = from === "malformed" ? "Cursor is malformed" : "Cursor belongs to another list"
    return Effect.fail(
      refuse({ after }, [{ path: ["after"], message, type: "cursor", expected: "a cursor of this list" }])
    )
  }

  const cursor = (position: Position | null): string | null =>
    position === null ? null : encodeCursor(scope, position)

  return { request, cursor }
}
