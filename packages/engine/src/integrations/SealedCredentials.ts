import { EncryptionKeyMissing } from "@audiences/domain/Integration"
import type { OrganizationId } from "@audiences/domain/Organization"
import type { Vendor } from "@audiences/domain/Vendor"
import { Effect, Redacted, Schema } from "effect"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import type { Credentials } from "../connectors/Connector.ts"
import { type EncryptionKey, EncryptionKeys } from "./EncryptionKeys.ts"

/**
 * Credentials at rest: AES-256-GCM, bound to the organization and the vendor, so that a row cannot be passed off as another's.
 * Kept are the key's id, nonce, tag, text.
 */
const idLength = 4
const nonceLength = 12
const tagLength = 16

const CredentialsJson = Schema.fromJsonString(Schema.Record(Schema.String, Schema.RedactedFromValue(Schema.String)))

const boundTo = (organizationId: OrganizationId, vendor: Vendor) =>
  Buffer.from(`audiences integration\n${organizationId}\n${vendor}`)

export const seal = Effect.fnUntraced(function* (
  organizationId: OrganizationId,
  vendor: Vendor,
  credentials: Credentials
) {
  const [key] = yield* EncryptionKeys
  if (key === undefined) return yield* new EncryptionKeyMissing()
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(boundTo(organizationId, vendor))
  const values = Object.entries(credentials).map(([name, value]) => [name, Redacted.value(value)] as const)
  const text = Buffer.concat([cipher.update(JSON.stringify(Object.fromEntries(values))), cipher.final()])
  return Buffer.concat([key.id, nonce, cipher.getAuthTag(), text])
})

const opened = (key: EncryptionKey, sealed: Uint8Array, bound: Uint8Array): string => {
  const tagAt = idLength + nonceLength
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, sealed.subarray(idLength, tagAt), {
    authTagLength: tagLength
  })
  decipher.setAAD(bound).setAuthTag(sealed.subarray(tagAt, tagAt + tagLength))
  return Buffer.concat([decipher.update(sealed.subarray(tagAt + tagLength)), decipher.final()]).toString()
}

/** Fails if this server lacks the key. What was tampered with is a defect. */
export const unseal = Effect.fnUntraced(function* (organizationId: OrganizationId, vendor: Vendor, sealed: Uint8Array) {
  const id = Buffer.from(sealed.subarray(0, idLength))
  const key = (yield* EncryptionKeys).find((each) => id.equals(each.id))
  if (key === undefined) {
    return yield* new EncryptionKeyMissing({
      error:
        `The credentials of ${vendor} were encrypted with the key ${id.toString("hex")}, which this server does not have: ` +
        "add it to AUDIENCES_ENCRYPTION_KEY, or set the credentials again"
    })
  }
  const text = yield* Effect.try({
    try: () => opened(key, sealed, boundTo(organizationId, vendor)),
    catch: () => new Error(`The sealed credentials of ${vendor} are not what was sealed`)
  }).pipe(Effect.orDie)
  return yield* Effect.orDie(Schema.decodeEffect(CredentialsJson)(text))
})
