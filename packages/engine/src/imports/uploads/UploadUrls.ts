import { ImportId, UploadRefused } from "@audiences/domain/Import"
import { OrganizationId } from "@audiences/domain/Organization"
import { Context, DateTime, Effect, Option, Schema } from "effect"
import { createHmac, timingSafeEqual } from "node:crypto"
import type { UploadGrant } from "../Imports.ts"

/** Where upload URLs lead: `http://host:port`, without a path. */
export const UploadUrls = Context.Reference<{ readonly baseUrl: string }>("@audiences/engine/UploadUrls", {
  defaultValue: () => ({ baseUrl: "http://127.0.0.1:4800" })
})

const sign = (secret: Uint8Array, grant: Omit<UploadGrant, "signature">): Buffer =>
  createHmac("sha256", secret)
    .update(`PUT /uploads/${grant.organizationId}/${grant.importId}?expires=${grant.expires}`)
    .digest()

/** The URL that takes the import's file until `expiresAt`, whoever has it. */
export const uploadUrl = Effect.fnUntraced(function* (
  secret: Uint8Array,
  organizationId: OrganizationId,
  importId: ImportId,
  expiresAt: DateTime.Utc
) {
  const { baseUrl } = yield* UploadUrls
  const expires = String(Math.floor(DateTime.toEpochMillis(expiresAt) / 1000))
  const signature = sign(secret, { organizationId, importId, expires }).toString("hex")
  return `${baseUrl.replace(/\/+$/, "")}/uploads/${organizationId}/${importId}?expires=${expires}&signature=${signature}`
})

const Ids = Schema.Struct({ organizationId: OrganizationId, importId: ImportId })

/** Whom and what a grant is for, if it is one of ours and not over. Says no more than that it is not valid, whatever is wrong. */
export const verifyGrant = Effect.fnUntraced(function* (
  grant: UploadGrant,
  secretOf: (organizationId: OrganizationId) => Effect.Effect<Option.Option<Uint8Array>>
) {
  const ids = Schema.decodeUnknownOption(Ids)(grant)
  if (Option.isNone(ids)) return yield* new UploadRefused()
  const secret = yield* secretOf(ids.value.organizationId)
  if (Option.isNone(secret)) return yield* new UploadRefused()
  const expected = sign(secret.value, grant)
  const given = Buffer.from(grant.signature, "hex")
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return yield* new UploadRefused()
  const now = yield* DateTime.now
  if (Number(grant.expires) * 1000 <= DateTime.toEpochMillis(now)) {
    return yield* new UploadRefused({ error: "Upload URL has expired" })
  }
  return ids.value
})
