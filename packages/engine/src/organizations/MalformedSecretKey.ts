import { Data } from "effect"

/** A key that was given for the first organization is none: mistyped, truncated, or made elsewhere. The key itself is not told. */
export class MalformedSecretKey extends Data.TaggedError("MalformedSecretKey") {
  override readonly message =
    "The given secret key is not well-formed: expected sk_live_ or sk_test_, then 32 letters and digits and a checksum of 6"
}
