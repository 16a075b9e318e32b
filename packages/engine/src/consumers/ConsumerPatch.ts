import type { Consumer, ConsumerCreate, ConsumerUpdate } from "@audiences/domain/Consumer"

/** Attributes that the server sets or that have a column of their own name only on the wire. */
type NotSettable =
  | "id"
  | "organizationId"
  | "primarySyncSourceId"
  | "primarySourceVendor"
  | "primaryLastSyncedAt"
  | "verificationCode"
  | "verificationCodeExpiresAt"
  | "archived"
  | "createdAt"
  | "createdBy"
  | "updatedAt"
  | "updatedBy"

/** What a write says about a consumer: an absent key leaves the stored value, null clears it, `metadata` replaces. */
export type ConsumerPatch = Partial<Omit<Consumer, NotSettable>>

/** A consumer of a batch as a patch: the caller's own id under the name it is kept by, and without what is validated but ignored. */
export const patchOfCreate = ({
  externalId,
  verificationCode: _code,
  verificationCodeExpiresAt: _expiry,
  ...attributes
}: ConsumerCreate): ConsumerPatch =>
  externalId === undefined ? attributes : { ...attributes, primaryExternalId: externalId }

export const patchOfUpdate = (input: ConsumerUpdate): ConsumerPatch => input
