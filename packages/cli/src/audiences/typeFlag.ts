import { Schema } from "effect"
import { Flag } from "effect/cli"
import { AudienceType } from "@audiences/domain/Audience"

/** Takes `DYNAMIC` and `static-list` alike. */
export const typeFlag = Flag.String("type").pipe(
  Flag.filterMap(
    (text) => Schema.decodeUnknownOption(AudienceType)(text.toUpperCase().replaceAll("-", "_")),
    () => `Expected one of ${AudienceType.literals.join(", ")}`
  ),
  Flag.withMetavar(AudienceType.literals.join("|")),
  Flag.withDescription("DYNAMIC: who meets the rules. STATIC_LIST: who was chosen. SYNCED_LIST: as at a vendor")
)
