import { Effect, Option, Stream } from "effect"
import { type ConnectorError, type MemberPage, VendorAnswerUnexpected } from "./Connector.ts"

/** The pages from a cursor on, each of which names the next one. A page that names itself would be read for ever. */
export const cursorPages = (
  name: string,
  since: string | null,
  read: (cursor: string | null) => Effect.Effect<MemberPage, ConnectorError>
): Stream.Stream<MemberPage, ConnectorError> =>
  Stream.paginate(
    since,
    Effect.fnUntraced(function* (cursor) {
      const page = yield* read(cursor)
      if (page.cursor !== null && page.cursor === cursor) {
        return yield* new VendorAnswerUnexpected({ message: `${name} names a page as its own next one` })
      }
      return [[page], Option.fromNullishOr(page.cursor)] as const
    })
  )
