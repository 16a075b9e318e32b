const keyLength = 32

/** A key of AES-256 as people write it: 64 hexadecimal digits, or 32 bytes in base64. */
export const parseEncryptionKey = (text: string): Uint8Array | undefined => {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex")
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, "base64")
  return bytes.length === keyLength ? bytes : undefined
}
