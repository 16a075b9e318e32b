import type { MemberExplanation } from "@audiences/domain/MemberExplanation"
import { DateTime } from "effect"

type Told = Omit<MemberExplanation, "text">

const sinceText = ({ at, before, cause, version }: Told["since"]): string => {
  if (at !== null) return ` since ${DateTime.formatIso(at)}, by version ${version} (${cause})`
  return before === null ? ", and never was on the other side" : ` since before ${DateTime.formatIso(before)}`
}

const sideText = ({ archived, since, status, version }: Told): string => {
  if (status === "UNKNOWN") return "UNKNOWN: the membership was never evaluated."
  if (archived) return "OUT: the audience is archived."
  return `${status} in version ${version}${sinceText(since)}.`
}

const behindText = ({ meetsRules, status }: Told): string =>
  meetsRules !== null && status !== "UNKNOWN" && meetsRules !== (status === "IN")
    ? ` By now the rules say ${meetsRules ? "IN" : "OUT"}: the next version follows.`
    : ""

const rulesText = ({ groups, meetsRules }: Told): string => {
  if (meetsRules === null) return ""
  if (groups.length === 0) return " There are no rules, so nobody is in it."
  const holding = groups.filter(({ holds }) => holds).length
  return ` ${holding} of ${groups.length} groups of rules hold${holding === 1 ? "s" : ""}.`
}

const chosenText = ({ chosen, status, type }: Told): string => {
  if (type === "DYNAMIC") return ""
  if (chosen !== null) return ` Put in by ${chosen.source} on ${DateTime.formatIso(chosen.since)}.`
  return status === "OUT" ? " Nobody has put this consumer into the list." : ""
}

const flipText = ({ flip, flipInTime }: Told): string =>
  (flip === null ? "" : ` Would be ${flip.status} with: ${flip.text}.`) +
  (flipInTime === null ? "" : ` Will be ${flipInTime.status} ${flipInTime.text}.`)

/** The explanation in sentences. */
export const explanationText = (told: Told, consumerArchived: boolean): string =>
  consumerArchived
    ? "OUT: the consumer is archived."
    : sideText(told) + behindText(told) + rulesText(told) + chosenText(told) + flipText(told)
