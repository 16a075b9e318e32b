import { Effect, Stream } from "effect"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { csvRecords } from "../imports/csv/CsvRecords.ts"
import { VendorAnswerUnexpected, type VendorProfile } from "./Connector.ts"

/** Of an export file after decompression; ten times what was asked for. */
const maxFileBytes = 100 * 2 ** 20

const unreadable = (why: string) =>
  new VendorAnswerUnexpected({ message: `A file of SendGrid's export cannot be read: ${why}` })

/** Files come compressed or not, and do not say so. */
const decompressed = (bytes: Uint8Array) =>
  bytes[0] === 0x1f && bytes[1] === 0x8b
    ? Effect.tryPromise({
        try: () => promisify(gunzip)(bytes, { maxOutputLength: maxFileBytes }),
        catch: () => unreadable("it is not whole, or too large")
      })
    : Effect.succeed(bytes)

/** Columns that are no custom fields, by their names in small letters. */
const own = ["contact_id", "email", "first_name", "last_name", "phone_number"] as const

/** Reads rows under a header, whose names are in capitals or not. */
const reader = (header: ReadonlyArray<string>) => {
  const names = header.map((name) => name.toLowerCase())
  const [id, email, firstName, lastName, phone] = own.map((name) => names.indexOf(name))
  return (cells: ReadonlyArray<string>): VendorProfile => {
    const at = (column: number | undefined) => cells[column ?? -1] || null
    const custom = header.flatMap((name, i) =>
      (own as ReadonlyArray<string>).includes(names[i]!) || !cells[i] ? [] : [[name, cells[i]] as const]
    )
    return {
      id: at(id) ?? "",
      email: at(email),
      phone: at(phone),
      firstName: at(firstName),
      lastName: at(lastName),
      properties: Object.fromEntries(custom)
    }
  }
}

/** The contacts of one file of an export: CSV, a contact a row. */
export const contactsIn = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const text = yield* decompressed(bytes)
  const [header, ...rows] = yield* Stream.runCollect(csvRecords(Stream.succeed(text))).pipe(
    Effect.mapError(({ message }) => unreadable(message.slice(0, 200)))
  )
  // An empty list may be an empty file.
  if (header === undefined || header.cells.join("") === "") return []
  if (!header.cells.some((column) => column.toLowerCase() === "contact_id")) {
    return yield* unreadable("it has no column CONTACT_ID")
  }
  const contactOf = reader(header.cells)
  const contacts = rows.filter(({ cells }) => cells.join("") !== "").map(({ cells }) => contactOf(cells))
  if (contacts.some(({ id }) => id === "")) return yield* unreadable("a row has no CONTACT_ID")
  return contacts
})
