import { DateTime } from "effect"

const quoted = /[",\r\n]/

/** What a program reads of a value: nothing for what is not known, instants as in JSON. */
const csvCell = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  const text =
    typeof value === "string"
      ? value
      : DateTime.isDateTime(value)
        ? DateTime.formatIso(value)
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value)
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One record of RFC 4180, without the end of its line. */
export const csvLine = (values: ReadonlyArray<unknown>): string => values.map(csvCell).join(",")
