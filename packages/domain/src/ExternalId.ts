import { Schema } from "effect"
import { Text } from "./Scalar.ts"

/** Characters: what the identity index can hold in any script. */
export const maxExternalIdLength = 512

/** The caller's own id of a person. Trimmed, as a cell of an imported file is, and not empty. */
export const ExternalId = Schema.Trim.pipe(
  Schema.decodeTo(Text.check(Schema.isNonEmpty(), Schema.isMaxLength(maxExternalIdLength)))
)
