import { DateTime } from "effect"
import { printable } from "./Printable.ts"

/** What a table shows of a value: nothing for what is not known, instants to the second in UTC. */
export const cell = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  if (DateTime.isDateTime(value))
    return DateTime.formatIso(value)
      .replace("T", " ")
      .replace(/(\.\d+)?Z$/, "Z")
  if (typeof value === "string") return printable(value)
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value))
}
