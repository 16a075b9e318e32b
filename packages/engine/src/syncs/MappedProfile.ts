import { Email, maxTextLength, Phone } from "@audiences/domain/Consumer"
import { maxExternalIdLength } from "@audiences/domain/ExternalId"
import { ConsumerMetadata, Text } from "@audiences/domain/Scalar"
import { Schema } from "effect"
import type { VendorProfile } from "../connectors/Connector.ts"
import type { ConsumerPatch } from "../consumers/ConsumerPatch.ts"

/** What a sync says of a consumer. Absent: nothing, and the stored value stays; metadata is added to. */
export type ProfilePatch = Pick<ConsumerPatch, "email" | "phone" | "fullName" | "metadata" | "primaryExternalId">

/** Why a profile, or a part of it, is not taken over. Never a value of a person. */
export interface ProfileProblem {
  readonly profileId: string
  readonly message: string
}

export interface MappedProfile {
  readonly profileId: string
  readonly patch: ProfilePatch
}

const isEmail = Schema.is(Email)
const isPhone = Schema.is(Phone)
const isText = Schema.is(Text.check(Schema.isMaxLength(maxTextLength)))
const isId = Schema.is(Text.check(Schema.isNonEmpty(), Schema.isMaxLength(maxExternalIdLength)))
const isMetadata = Schema.is(ConsumerMetadata)

const nameOf = ({ firstName, lastName }: VendorProfile): string =>
  [firstName, lastName].flatMap((name) => name?.trim() || []).join(" ")

/** The form of an id under which a problem is told when it is none that can be kept. */
const printable = (id: string): string => JSON.stringify(id.slice(0, 40))

const metadataOf = (
  { properties }: VendorProfile,
  chosen: Readonly<Record<string, string>>,
  leaveOut: (what: string) => void
) => {
  const metadata: Record<string, ConsumerMetadata[string]> = {}
  for (const [property, key] of Object.entries(chosen)) {
    const value = Object.hasOwn(properties, property) ? properties[property] : undefined
    if (value === undefined) continue
    const entry: unknown = { [key]: value }
    if (isMetadata(entry)) metadata[key] = entry[key]!
    else leaveOut(`property ${JSON.stringify(property)} is neither a value nor a list of values`)
  }
  return metadata
}

/**
 * A profile as a consumer, with the properties chosen. What of it cannot be kept is left out, and told; without an id that can be
 * kept there is no consumer.
 */
export const mapProfile = (
  profile: VendorProfile,
  chosen: Readonly<Record<string, string>>
): { readonly mapped: MappedProfile | null; readonly problems: ReadonlyArray<ProfileProblem> } => {
  const { email, phone } = profile
  const id = profile.id.trim()
  if (!isId(id)) {
    const message = `An id must have 1 to ${maxExternalIdLength} characters, none of them U+0000 or half a character`
    return { mapped: null, problems: [{ profileId: printable(id), message }] }
  }
  const problems: Array<ProfileProblem> = []
  const leaveOut = (what: string) => void problems.push({ profileId: id, message: `Left out: ${what}` })
  const given = <Value extends string>(
    value: string | null,
    is: (value: unknown) => value is Value,
    what: string
  ): value is Value => {
    if (value === null || value === "") return false
    if (!is(value)) leaveOut(what)
    return is(value)
  }
  const [address, number, fullName] = [email?.trim() ?? null, phone?.trim() ?? null, nameOf(profile)]
  const metadata = metadataOf(profile, chosen, leaveOut)
  const patch: ProfilePatch = {
    primaryExternalId: id,
    ...(given(address, isEmail, "the email is no email address") ? { email: address } : {}),
    ...(given(number, isPhone, "the phone is no number such as +14155550123") ? { phone: number } : {}),
    ...(given(fullName, isText, `the name has more than ${maxTextLength} characters, or U+0000`) ? { fullName } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {})
  }
  return { mapped: { profileId: id, patch }, problems }
}
