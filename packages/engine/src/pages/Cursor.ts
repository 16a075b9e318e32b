import type { FieldKind } from "@audiences/domain/ConsumerField"
import { parseInstant } from "@audiences/domain/Instant"
import { Text } from "@audiences/domain/Scalar"
import { Option, Schema } from "effect"
import { createHash } from "node:crypto"

/** How the values of a sort compare. */
export type SortKind = Exclude<FieldKind, "boolean">

/** A place in a list: the sort value of a row as PostgreSQL writes it, and the row's id. `null` sorts behind every value. */
export interface Position {
  readonly value: string | null
  readonly id: string
}

/** What a cursor was made for; it opens nothing else. */
export interface CursorScope {
  /** What is listed, such as `consumers`. */
  readonly list: string
  readonly sortBy: string
  readonly sortDir: string
  readonly kind: SortKind
  /** Everything that decides which rows are in the list; kept as a fingerprint. */
  readonly filters: unknown
}

const Content = Schema.fromJsonString(
  Schema.Tuple([Schema.String, Schema.NullOr(Text), Schema.String.check(Schema.isUUID())])
)
const decodeContent = Schema.decodeUnknownOption(Content)

/** JSON in which the order of keys does not count. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each
  )

/** 72 bits: against mistakes, not against forgers, who could reach nothing that the list does not show anyway. */
const fingerprint = ({ list, sortBy, sortDir, filters }: CursorScope): string =>
  createHash("sha256")
    .update(canonical([list, sortBy, sortDir, filters]))
    .digest("base64url")
    .slice(0, 12)

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/
const double = /^-?\d{1,400}(\.\d{1,400})?(e[+-]\d{1,3})?$/
const money = /^\d{1,12}(\.\d{1,8})?$/

/** Whether PostgreSQL reads the text as a value of the kind: a forged cursor must not become an error of the database. */
const isOfKind = (text: string, kind: SortKind): boolean => {
  switch (kind) {
    case "text":
      return true
    case "instant":
      return instant.test(text) && Option.isSome(parseInstant(text))
    case "money":
      return money.test(text)
    case "number": {
      if (!double.test(text)) return false
      const value = Number(text)
      // What underflows to zero is refused there.
      return Number.isFinite(value) && (value !== 0 || /^[-0.]+(e|$)/.test(text))
    }
  }
}

export const encodeCursor = (scope: CursorScope, position: Position): string =>
  Buffer.from(JSON.stringify([fingerprint(scope), position.value, position.id])).toString("base64url")

export type CursorProblem = "malformed" | "of another list"

/** The position that a cursor of this scope stands for, else what is wrong with it. */
export const decodeCursor = (scope: CursorScope, cursor: string): Position | CursorProblem => {
  const bytes = Buffer.from(cursor, "base64url")
  // Node skips what is not base64url; only text that comes out the same was a cursor.
  if (bytes.toString("base64url") !== cursor) return "malformed"
  const content = decodeContent(bytes.toString())
  if (Option.isNone(content)) return "malformed"
  const [print, value, id] = content.value
  if (print !== fingerprint(scope)) return "of another list"
  return value === null || isOfKind(value, scope.kind) ? { value, id } : "malformed"
}
