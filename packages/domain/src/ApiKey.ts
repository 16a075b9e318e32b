import { Schema } from "effect"
import { errorFields } from "./Errors.ts"
import { Instant } from "./Instant.ts"
import { OrganizationId } from "./Organization.ts"
import { pageOf, pageQuery, SortDirection } from "./Page.ts"
import { Text, UuidText } from "./Scalar.ts"

export const ApiKeyId = UuidText.pipe(Schema.brand("ApiKeyId"))
export type ApiKeyId = typeof ApiKeyId.Type

export const KeyMode = Schema.Literals(["live", "test"])
export type KeyMode = typeof KeyMode.Type

/** What can be told of a key. The key itself is not kept, only its SHA-256. */
export const ApiKey = Schema.Struct({
  id: ApiKeyId,
  /** Which organization it speaks for: the live one or its test sibling. */
  organizationId: OrganizationId,
  mode: KeyMode,
  name: Schema.String,
  /** Its last four characters, to recognize it by; null of keys that were made before these were kept. */
  hint: Schema.NullOr(Schema.String),
  createdAt: Instant,
  createdBy: Schema.NullOr(Schema.String),
  /** To the minute. */
  lastUsedAt: Schema.NullOr(Instant),
  /** It works until then. */
  expiresAt: Schema.NullOr(Instant),
  revokedAt: Schema.NullOr(Instant),
  revokedBy: Schema.NullOr(Schema.String)
}).annotate({ identifier: "ApiKey" })
export type ApiKey = typeof ApiKey.Type

export const ApiKeyPage = pageOf(ApiKey).annotate({ identifier: "ApiKeyPage" })

/** A key that was just made, the only time that the secret is shown. */
export const ApiKeyWithSecret = Schema.Struct({ ...ApiKey.fields, secretKey: Schema.String }).annotate({
  identifier: "ApiKeyWithSecret"
})
export type ApiKeyWithSecret = typeof ApiKeyWithSecret.Type

export const ApiKeyCreate = Schema.Struct({
  /** Trimmed, 1 to 255 characters: what the key is for. */
  name: Schema.Trim.pipe(Schema.decodeTo(Text.check(Schema.isNonEmpty(), Schema.isMaxCodePoints(255)))),
  /** The caller's own unless given; a test key makes no live ones. */
  mode: Schema.optionalKey(KeyMode)
}).annotate({ identifier: "ApiKeyCreate" })
export type ApiKeyCreate = typeof ApiKeyCreate.Type

export const maxGraceSeconds = 2_592_000

export const ApiKeyRotate = Schema.Struct({
  /** How long the old secret still works, at most 30 days; it stops at once unless given. */
  graceSeconds: Schema.optionalKey(
    Schema.Finite.check(
      Schema.isInt(),
      Schema.isBetween(
        { minimum: 0, maximum: maxGraceSeconds },
        { expected: `a whole number of seconds, 0 to ${maxGraceSeconds}` }
      )
    )
  )
}).annotate({ identifier: "ApiKeyRotate" })
export type ApiKeyRotate = typeof ApiKeyRotate.Type

export const apiKeyListQuery = { ...pageQuery, sortDir: Schema.optionalKey(SortDirection) }
export type ApiKeyListQuery = Schema.Struct.Type<typeof apiKeyListQuery>

export class ApiKeyNotFound extends Schema.Error<ApiKeyNotFound>("ApiKeyNotFound")(
  errorFields("ApiKeyNotFound", "API key not found"),
  { httpApiStatus: 404 }
) {}

/** Without it nobody could speak for the organization any more. */
export class LastApiKey extends Schema.Error<LastApiKey>("LastApiKey")(
  errorFields(
    "LastApiKey",
    "This is the last key of the organization: create another one first, and revoke this one with that"
  ),
  { httpApiStatus: 409 }
) {}

/** A key that works no more cannot be rotated. */
export class ApiKeyRevoked extends Schema.Error<ApiKeyRevoked>("ApiKeyRevoked")(
  errorFields("ApiKeyRevoked", "API key is revoked: create another one"),
  { httpApiStatus: 409 }
) {}
