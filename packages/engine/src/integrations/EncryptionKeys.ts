import { Context } from "effect"
import { createHash } from "node:crypto"

/** A key of AES-256. */
export interface EncryptionKey {
  /** The first four bytes of its SHA-256, to recognize it by. */
  readonly id: Uint8Array
  readonly bytes: Uint8Array
}

export const keyBytes = 32

export const encryptionKey = (bytes: Uint8Array): EncryptionKey => ({
  id: createHash("sha256").update(bytes).digest().subarray(0, 4),
  bytes
})

/** The keys of this server. The first encrypts; all of them decrypt, so that a key can be replaced. None: nothing can be encrypted. */
export const EncryptionKeys = Context.Reference<ReadonlyArray<EncryptionKey>>("@audiences/engine/EncryptionKeys", {
  defaultValue: () => []
})
