import type { Redacted } from "effect"
import { Data, type Duration, type Effect, type Stream } from "effect"

/** What opens an organization's account at a vendor, by the names of its integration (`apiKey`, `shop`, …). */
export type Credentials = Readonly<Record<string, Redacted.Redacted<string>>>

/** A list or segment as its vendor names it. `kind` is what follows the colon of a `syncSource`. */
export interface VendorList {
  readonly kind: string
  readonly id: string
  readonly name: string
  /** Null where the vendor does not tell. */
  readonly memberCount: number | null
}

/** A member of a vendor's list. What the vendor leaves out is null. */
export interface VendorProfile {
  /** The vendor's own id of the person: what becomes the external id. */
  readonly id: string
  readonly email: string | null
  readonly phone: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  /** Custom properties by the vendor's names, of which an integration chooses those that become metadata. */
  readonly properties: Readonly<Record<string, unknown>>
}

/** Some members, and whence the next ones come. */
export interface MemberPage {
  readonly profiles: ReadonlyArray<VendorProfile>
  /** Resumes the stream after this page; null: nothing follows. Of the vendor's own form, opaque. */
  readonly cursor: string | null
}

/** The vendor does not let these credentials in. Asking again does not help. */
export class CredentialsRefused extends Data.TaggedError("CredentialsRefused")<{ readonly message: string }> {}

/** The vendor knows no such list (any more). */
export class ListNotFound extends Data.TaggedError("ListNotFound")<{ readonly message: string }> {}

/** The cursor is over: the members have to be streamed from the start. */
export class CursorExpired extends Data.TaggedError("CursorExpired")<{ readonly message: string }> {}

/** The vendor could not be reached, failed, or asks for patience. Asking again later may help. */
export class VendorUnavailable extends Data.TaggedError("VendorUnavailable")<{
  readonly message: string
  readonly retryAfter: Duration.Duration | null
}> {}

/** The vendor answered what its documentation does not say, or refused the request as such. */
export class VendorAnswerUnexpected extends Data.TaggedError("VendorAnswerUnexpected")<{ readonly message: string }> {}

export type ConnectorError =
  CredentialsRefused | ListNotFound | CursorExpired | VendorUnavailable | VendorAnswerUnexpected

/**
 * One vendor's lists. It paces itself by the vendor's limits and asks again where that helps, a bounded number of times: what
 * it fails with is final for now.
 */
export interface Connector {
  /** What precedes the colon of a `syncSource`. */
  readonly vendor: string
  readonly kinds: ReadonlyArray<string>
  /** All lists and segments, for choosing from. */
  readonly lists: (credentials: Credentials) => Stream.Stream<VendorList, ConnectorError>
  readonly list: (credentials: Credentials, kind: string, listId: string) => Effect.Effect<VendorList, ConnectorError>
  /** Members page by page, from the start or from where a page's cursor says. A profile may come twice. */
  readonly members: (
    credentials: Credentials,
    kind: string,
    listId: string,
    since: string | null
  ) => Stream.Stream<MemberPage, ConnectorError>
}
